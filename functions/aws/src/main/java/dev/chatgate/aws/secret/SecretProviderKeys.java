package dev.chatgate.aws.secret;

import dev.chatgate.Background;
import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import dev.chatgate.secret.ProviderKeys;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * The provider's key from Secrets Manager, held in memory. It is read at the first call, refreshed
 * in the background once it is {@link #REFRESH_AFTER} old, and by the caller itself once it is
 * {@link #STALE_AFTER} old (a process that was frozen between calls had no background). A refresh
 * that fails leaves the old key in use: the provider says by itself when a key is no longer good.
 *
 * <p>The key in use is the version {@code AWSCURRENT}. Where the provider refuses that one, {@code
 * AWSPREVIOUS} takes its place for {@link #PREVIOUS_FOR}; then the current one has another chance.
 */
public final class SecretProviderKeys implements ProviderKeys {
  /** Age from which on a call starts a refresh beside itself. */
  public static final Duration REFRESH_AFTER = Duration.ofMinutes(4);

  /** Age from which on a call waits for a refresh. */
  public static final Duration STALE_AFTER = Duration.ofMinutes(10);

  /** After a refresh that failed, none is tried for this long. */
  public static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

  /** How long the key before the current one is used before the current one is tried again. */
  public static final Duration PREVIOUS_FOR = Duration.ofMinutes(1);

  private static final String PREVIOUS = "AWSPREVIOUS";

  private static final Logger LOG = System.getLogger(SecretProviderKeys.class.getName());

  private final SecretsManagerClient secrets;
  private final String secretId;
  private final InstantSource clock;
  private final RefreshingValue<ProviderKey> key;
  private final ReentrantLock readingPrevious = new ReentrantLock();
  private volatile @Nullable Fallback fallback;

  /** The previous key, in the place of a current one that was refused. */
  private record Fallback(ProviderKey previous, ProviderKey instead, Instant until) {}

  /**
   * @param secrets a client that repeats what is worth repeating
   * @param secretId name or ARN of a secret that holds a {@link StoredProviderKey}
   * @param clock the present
   */
  public SecretProviderKeys(SecretsManagerClient secrets, String secretId, InstantSource clock) {
    this.secrets = secrets;
    this.secretId = secretId;
    this.clock = clock;
    var lifetime = Lifetime.lenient(REFRESH_AFTER, STALE_AFTER, PAUSE_AFTER_FAILURE);
    this.key =
        new RefreshingValue<>(
            "the provider's secret",
            this::read,
            _ -> lifetime,
            clock,
            refresh -> Background.start("provider-key-refresh", refresh));
  }

  @Override
  public ProviderKey current() {
    var instead = fallback;
    if (instead != null && clock.instant().isBefore(instead.until())) {
      return instead.previous();
    }
    return key.get();
  }

  @Override
  public ProviderKey replacing(ProviderKey refused) {
    if (refused.isPrevious()) {
      // It was revoked meanwhile: the current one is all that is left, read anew.
      fallback = null;
      return key.replacing(key.get());
    }
    return key.replacing(refused);
  }

  @Override
  public Optional<ProviderKey> previous(ProviderKey refused) {
    readingPrevious.lock();
    try {
      return previousLocked(refused);
    } finally {
      readingPrevious.unlock();
    }
  }

  /** Many callers may find the same key refused: one reads, the others take what it read. */
  private Optional<ProviderKey> previousLocked(ProviderKey refused) {
    var now = clock.instant();
    var known = fallback;
    if (known != null && known.instead().sameSecret(refused) && now.isBefore(known.until())) {
      return Optional.of(known.previous());
    }
    var previous = readPrevious().filter(key -> !key.sameSecret(refused));
    previous.ifPresent(key -> {
      LOG.log(Level.WARNING, "the provider refuses its current key; the previous one is used");
      fallback = new Fallback(key, refused, now.plus(PREVIOUS_FOR));
    });
    return previous;
  }

  private Optional<ProviderKey> readPrevious() {
    try {
      var value =
          secrets
              .getSecretValue(request -> request.secretId(secretId).versionStage(PREVIOUS))
              .secretString();
      return StoredProviderKey.read(value).map(key -> new ProviderKey(key, true));
    } catch (ResourceNotFoundException e) {
      // A secret of one version has none.
      return Optional.empty();
    } catch (SdkException e) {
      throw new ProviderKeyUnavailableException("reading the provider's previous secret failed", e);
    }
  }

  private ProviderKey read() {
    try {
      var value = secrets.getSecretValue(request -> request.secretId(secretId)).secretString();
      return StoredProviderKey.read(value)
          .map(ProviderKey::new)
          .orElseThrow(
              () -> new ProviderKeyUnavailableException("the provider's secret is empty", null));
    } catch (SdkException e) {
      throw new ProviderKeyUnavailableException("reading the provider's secret failed", e);
    }
  }
}
