package dev.chatgate.tenant;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a tenant key may be used for. */
public enum Scope {
  /** Metered calls and the list of models. */
  CALLS,
  /** Minting client secrets. */
  CLIENT_SECRETS,
  /** Reading the tenant's usage. */
  USAGE,
  /** Naming the end user in the header {@code x-chatgate-end-user}. */
  END_USER_HEADER;

  /** The scopes of a key that names none: all but {@link #END_USER_HEADER}. */
  public static final Set<Scope> DEFAULT = Set.of(CALLS, CLIENT_SECRETS, USAGE);

  /** The name in stored keys, in input files and on the command line. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a scope by its {@link #wireName}.
   *
   * @return empty if there is none of that name
   */
  public static Optional<Scope> of(String wireName) {
    return Arrays.stream(values()).filter(scope -> scope.wireName().equals(wireName)).findFirst();
  }

  /** All scopes. */
  public static Set<Scope> all() {
    return EnumSet.allOf(Scope.class);
  }
}
