package dev.chatgate.aws.secret;

import dev.chatgate.Background;
import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.secret.SigningSecrets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The signing secret from Secrets Manager, held in memory. It is read at the first call, refreshed
 * in the background once it is {@link #REFRESH_AFTER} old, and by the caller itself once it is
 * {@link #STALE_AFTER} old. A refresh that fails leaves the secret in memory in use. Thread-safe.
 */
public final class SecretSigningSecrets implements SigningSecrets {
  /** Age from which on a call starts a refresh beside itself. */
  public static final Duration REFRESH_AFTER = Duration.ofMinutes(4);

  /** Age from which on a call waits for a refresh. */
  public static final Duration STALE_AFTER = Duration.ofMinutes(10);

  /** After a refresh that failed, none is tried for this long. */
  public static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

  /** After a read for an unknown key or edge secret, no other is read for this long. */
  public static final Duration UNKNOWN_KEY_PAUSE = Duration.ofMinutes(1);

  private static final Logger LOG = System.getLogger(SecretSigningSecrets.class.getName());

  private final SecretsManagerClient secrets;
  private final String secretId;
  private final InstantSource clock;
  private final RefreshingValue<SigningSecret> secret;
  private final ReentrantLock lookingUp = new ReentrantLock();
  private Instant noLookUpBefore = Instant.MIN;

  /**
   * @param secrets a client that repeats what is worth repeating
   * @param secretId name or ARN of a secret that holds a {@link StoredSigningSecret}
   * @param clock the present
   */
  public SecretSigningSecrets(SecretsManagerClient secrets, String secretId, InstantSource clock) {
    this.secrets = secrets;
    this.secretId = secretId;
    this.clock = clock;
    var lifetime = Lifetime.lenient(REFRESH_AFTER, STALE_AFTER, PAUSE_AFTER_FAILURE);
    this.secret =
        new RefreshingValue<>(
            "the signing secret",
            this::read,
            _ -> lifetime,
            clock,
            refresh -> Background.start("signing-secret-refresh", refresh));
  }

  @Override
  public SigningSecret current() {
    return secret.get();
  }

  @Override
  public Optional<SigningKey> key(String kid) {
    var known = secret.get();
    return known.key(kid).or(() -> lookUp(known).key(kid));
  }

  @Override
  public boolean isEdgeSecret(String text) {
    var known = secret.get();
    return known.isEdgeSecret(text) || lookUp(known).isEdgeSecret(text);
  }

  /**
   * Reads the secret again, unless that was done in the last minute. Callers that come during a
   * read wait for it: what it brings may be theirs.
   */
  private SigningSecret lookUp(SigningSecret known) {
    lookingUp.lock();
    try {
      var now = clock.instant();
      if (now.isBefore(noLookUpBefore)) {
        return secret.get();
      }
      noLookUpBefore = now.plus(UNKNOWN_KEY_PAUSE);
      return secret.replacing(known);
    } catch (SigningSecretUnavailableException e) {
      LOG.log(Level.WARNING, "{0}; the signing secret in memory stays in use", e.getMessage());
      return known;
    } finally {
      lookingUp.unlock();
    }
  }

  private SigningSecret read() {
    try {
      return StoredSigningSecret.read(
          secrets.getSecretValue(request -> request.secretId(secretId)).secretString());
    } catch (SdkException e) {
      throw new SigningSecretUnavailableException("reading the signing secret failed", e);
    }
  }
}
