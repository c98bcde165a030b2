package dev.chatgate.tenant;

/**
 * The form of the tenant keys that the command line generates: {@value #PREFIX} and {@value
 * #DIGITS} lower-case hexadecimal digits. An operator may store a key of another form.
 */
public final class TenantKeyForm {
  /** Stands before the digits. */
  public static final String PREFIX = "cg_";

  /** The number of hexadecimal digits: 256 random bits. */
  public static final int DIGITS = 64;

  private TenantKeyForm() {}

  /** Whether a text has the form of a generated key. */
  public static boolean isGenerated(String key) {
    return key.length() == PREFIX.length() + DIGITS
        && key.startsWith(PREFIX)
        && key.chars()
            .skip(PREFIX.length())
            .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }
}
