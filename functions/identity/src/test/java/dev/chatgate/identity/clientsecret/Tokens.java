package dev.chatgate.identity.clientsecret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens of any header and any content, with and without our key. */
final class Tokens {
  static final String DEPLOYMENT = "0123456789abcdef";
  static final String HEADER =
      "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}";
  static final SigningKey KEY = key("1", 1, Instant.EPOCH);

  private Tokens() {}

  static SigningKey key(String kid, int fill, Instant from) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return new SigningKey(kid, bytes, from);
  }

  static SigningSecret secret(String deployment, SigningKey... keys) {
    return new SigningSecret(deployment, List.of(keys), new byte[32]);
  }

  /** Signed with {@link #KEY}. */
  static String signed(String header, String claims) {
    return signed(header.getBytes(UTF_8), claims.getBytes(UTF_8), KEY, "HmacSHA256");
  }

  static String signed(byte[] header, byte[] claims, SigningKey key, String algorithm) {
    var content = base64(header) + "." + base64(claims);
    return ClientSecretCodec.PREFIX
        + content
        + "."
        + base64(mac(content.getBytes(US_ASCII), key, algorithm));
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The claims of a token, whatever its signature. */
  static String claims(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), UTF_8);
  }

  private static byte[] mac(byte[] content, SigningKey key, String algorithm) {
    try {
      var mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key.key(), algorithm));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
