package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.secret.SigningSecrets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A signing secret that a test knows. */
public final class KnownSigningSecret implements SigningSecrets {
  /** The key of the log's HMAC. */
  public static final byte[] LOG_KEY = "log-key-log-key-log-key-log-key-".getBytes(US_ASCII);

  /** Whether the secret cannot be read. */
  public boolean away;

  /** How often the secret was asked for. */
  public int asked;

  private SigningSecret secret;

  /**
   * @param deployment the name of the deployment; all have the same key
   */
  public KnownSigningSecret(String deployment) {
    secret =
        new SigningSecret(
            deployment,
            List.of(
                new SigningKey(
                    "1", "signing-signing-signing-signing-".getBytes(US_ASCII), Instant.EPOCH)),
            LOG_KEY);
  }

  /** Replaces the edge secrets. */
  public void edge(String... values) {
    secret =
        new SigningSecret(
            secret.deployment(),
            secret.keys(),
            secret.logKey(),
            Arrays.stream(values).map(EdgeSecret::new).toList());
  }

  @Override
  public SigningSecret current() {
    asked++;
    if (away) {
      throw new SigningSecretUnavailableException("reading the signing secret failed", null);
    }
    return secret;
  }

  @Override
  public Optional<SigningKey> key(String kid) {
    return current().key(kid);
  }

  @Override
  public boolean isEdgeSecret(String text) {
    return current().isEdgeSecret(text);
  }
}
