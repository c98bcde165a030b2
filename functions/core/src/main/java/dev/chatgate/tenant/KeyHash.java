package dev.chatgate.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a tenant key, the only form in which a key is stored.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record KeyHash(String hex) {

  /**
   * Hashes a key as the tenant sent it.
   *
   * @param secret the key
   */
  public static KeyHash of(String secret) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return new KeyHash(
          HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
