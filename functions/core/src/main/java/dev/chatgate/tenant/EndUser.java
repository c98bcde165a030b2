package dev.chatgate.tenant;

import java.util.Optional;

/**
 * The person for whom a tenant calls. Its {@link #toString()} does not show the id, because logs
 * must not.
 *
 * @param id 1 to {@value #MAX_LENGTH} visible ASCII characters, chosen by the tenant or by the
 *     login that it trusts
 */
public record EndUser(String id) {
  /** Maximum number of characters of an id. */
  public static final int MAX_LENGTH = 128;

  /**
   * @throws IllegalArgumentException if the id has another form; the message does not quote it
   */
  public EndUser {
    if (!isId(id)) {
      throw new IllegalArgumentException("an end user's id is 1 to 128 visible ASCII characters");
    }
  }

  /** Reads an id; empty if it has another form. */
  public static Optional<EndUser> of(String id) {
    return isId(id) ? Optional.of(new EndUser(id)) : Optional.empty();
  }

  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  @Override
  public String toString() {
    return "EndUser[…]";
  }
}
