package dev.chatgate.aws.secret;

import dev.chatgate.provider.ProviderKey;
import dev.chatgate.provider.ProviderKeyUnavailableException;
import dev.chatgate.provider.ProviderKeys;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The provider's key from Secrets Manager, held in memory. It is read at the first call, refreshed
 * in the background once it is {@link #REFRESH_AFTER} old, and by the caller itself once it is
 * {@link #STALE_AFTER} old (a process that was frozen between calls had no background). A refresh
 * that fails leaves the old key in use: the provider says by itself when a key is no longer good.
 */
public final class SecretProviderKeys implements ProviderKeys {
  /** Age from which on a call starts a refresh beside itself. */
  public static final Duration REFRESH_AFTER = Duration.ofMinutes(4);

  /** Age from which on a call waits for a refresh. */
  public static final Duration STALE_AFTER = Duration.ofMinutes(10);

  /** After a refresh that failed, none is tried for this long. */
  public static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(SecretProviderKeys.class.getName());

  private final SecretsManagerClient secrets;
  private final String secretId;
  private final InstantSource clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Held held;
  private volatile Instant noReadBefore = Instant.MIN;

  private record Held(ProviderKey key, Instant readAt) {
    boolean olderThan(Duration age, Instant now) {
      return readAt.plus(age).isBefore(now);
    }
  }

  /**
   * @param secrets a client that repeats what is worth repeating
   * @param secretId name or ARN of a secret whose string is the key, white space around it forgiven
   * @param clock the present
   */
  public SecretProviderKeys(SecretsManagerClient secrets, String secretId, InstantSource clock) {
    this.secrets = secrets;
    this.secretId = secretId;
    this.clock = clock;
  }

  @Override
  public ProviderKey current() {
    var now = held;
    if (now == null) {
      return readIfStill(null);
    }
    if (now.olderThan(STALE_AFTER, clock.instant())) {
      return refreshed(now);
    }
    if (now.olderThan(REFRESH_AFTER, clock.instant()) && !reading.isLocked()) {
      Thread.startVirtualThread(() -> refreshed(now));
    }
    return now.key();
  }

  @Override
  public ProviderKey replacing(ProviderKey refused) {
    var now = held;
    return now != null && !now.key().equals(refused) ? now.key() : readIfStill(now);
  }

  private ProviderKey refreshed(Held old) {
    if (clock.instant().isBefore(noReadBefore)) {
      return old.key();
    }
    try {
      return readIfStill(old);
    } catch (ProviderKeyUnavailableException e) {
      noReadBefore = clock.instant().plus(PAUSE_AFTER_FAILURE);
      LOG.log(Level.WARNING, "{0}; the key in memory stays in use", e.getMessage());
      return old.key();
    }
  }

  /** Many callers may find the same key old: one reads, the others take what it read. */
  private ProviderKey readIfStill(@Nullable Held seen) {
    reading.lock();
    try {
      var now = held;
      if (now != null && !now.equals(seen)) {
        return now.key();
      }
      var fresh = new Held(read(), clock.instant());
      held = fresh;
      return fresh.key();
    } finally {
      reading.unlock();
    }
  }

  private ProviderKey read() {
    try {
      var value = secrets.getSecretValue(request -> request.secretId(secretId)).secretString();
      if (value == null || value.isBlank()) {
        throw new ProviderKeyUnavailableException("the provider's secret is empty", null);
      }
      return new ProviderKey(value.strip());
    } catch (SdkException e) {
      throw new ProviderKeyUnavailableException("reading the provider's secret failed", e);
    }
  }
}
