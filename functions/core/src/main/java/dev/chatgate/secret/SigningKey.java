package dev.chatgate.secret;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A key with which client secrets are signed (HMAC with SHA-256, RFC 7518, section 3.2). Its {@link
 * #toString()} does not show the key.
 *
 * @param kid names the key in what it signed: 1 to 64 letters, digits, hyphens or underscores
 * @param key {@value #LENGTH} bytes; neither copied nor changed
 * @param from from when on it signs; it verifies before that as well
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SigningKey(String kid, byte[] key, Instant from) {
  /** Number of bytes of a key: as many as a SHA-256 has. */
  public static final int LENGTH = 32;

  private static final Pattern KID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * @throws IllegalArgumentException if the name or the key has another form; the message quotes
   *     neither
   */
  public SigningKey {
    if (!KID.matcher(kid).matches() || key.length != LENGTH) {
      throw new IllegalArgumentException(
          "a signing key has a name of 1 to 64 letters, digits, hyphens or underscores, and "
              + LENGTH
              + " bytes");
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + kid + "]";
  }
}
