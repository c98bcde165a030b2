package dev.chatgate.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * A secret value that a CDN in front of the deployment sends with each request, by which the
 * gateway knows that the request came through the CDN. Its {@link #toString()} does not show it.
 *
 * @param value 32 to 128 letters, digits, hyphens or underscores
 */
public record EdgeSecret(String value) {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{32,128}");

  /**
   * @throws IllegalArgumentException if the value has another form; the message does not quote it
   */
  public EdgeSecret {
    if (!isPossible(value)) {
      throw new IllegalArgumentException(
          "an edge secret has 32 to 128 letters, digits, hyphens or underscores");
    }
  }

  /** Whether a text has the form of an edge secret. */
  public static boolean isPossible(String text) {
    return VALUE.matcher(text).matches();
  }

  /** Compares in constant time: the time depends on the length of the text alone. */
  boolean matches(String text) {
    return MessageDigest.isEqual(value.getBytes(UTF_8), text.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "EdgeSecret[…]";
  }
}
