package dev.chatgate.tenant;

import java.util.regex.Pattern;

/**
 * The name an operator gave a tenant: 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, the first a
 * letter or digit. It is part of table keys, log lines and metric dimensions.
 *
 * @param value the name
 */
public record TenantId(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * @throws IllegalArgumentException if the name has another form
   */
  public TenantId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a tenant id is 1 to 64 letters, digits, dots, underscores or hyphens, the first a letter or digit");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
