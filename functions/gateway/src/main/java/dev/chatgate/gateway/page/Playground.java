package dev.chatgate.gateway.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/**
 * The page on which a person tries the gateway: the resource {@code playground.html} of this
 * package. Its only script and its only style sheet are allowed by their hashes, and it may connect
 * to its own host only (Content Security Policy Level 3, section 2.3.1).
 *
 * @param html the page in UTF-8; must not be modified
 * @param headers the headers to send with it
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record Playground(byte[] html, Map<String, String> headers) {
  private static final String RESOURCE = "playground.html";

  /** Copies the map. */
  public Playground {
    headers = Map.copyOf(headers);
  }

  /**
   * Reads the page from the class path.
   *
   * @throws IllegalStateException if it is not on the class path
   */
  public static Playground read() {
    try (var resource = Playground.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the package has no " + RESOURCE);
      }
      var html = resource.readAllBytes();
      return new Playground(html, headers(new String(html, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + RESOURCE, e);
    }
  }

  private static Map<String, String> headers(String html) {
    var policy =
        "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; "
                .formatted(hash(html, "script"), hash(html, "style"))
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return Map.of(
        "content-type", "text/html; charset=utf-8",
        "content-security-policy", policy,
        "cache-control", "no-store",
        "referrer-policy", "no-referrer",
        "x-content-type-options", "nosniff");
  }

  /** The hash of the text in the only element of a name. */
  private static String hash(String html, String element) {
    int begin = html.indexOf("<" + element + ">") + element.length() + 2;
    int end = html.indexOf("</" + element + ">");
    var text = html.substring(begin, end);
    try {
      var hash = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder().encodeToString(hash.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
