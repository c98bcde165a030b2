package dev.chatgate.gateway.log;

import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.secret.SigningSecrets;
import dev.chatgate.tenant.EndUser;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Replaces the ids of end users in the log: by the first 16 bytes of an HMAC with SHA-256 (RFC
 * 2104). The same person has the same value in all lines of a deployment.
 */
public final class EndUserHash {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 16;

  private final SigningSecrets secrets;

  /**
   * @param secrets has the key of the HMAC
   */
  public EndUserHash(SigningSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * The value for a person.
   *
   * @return 32 hexadecimal digits; empty if the key cannot be read
   */
  public Optional<String> of(EndUser endUser) {
    try {
      return Optional.of(hash(secrets.current().logKey(), endUser));
    } catch (SigningSecretUnavailableException _) {
      // The call does not depend on its log line.
      return Optional.empty();
    }
  }

  private static String hash(byte[] key, EndUser endUser) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      var hash = mac.doFinal(endUser.id().getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
