package dev.chatgate.secret;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The deployment's secret for its own credentials. Its {@link #toString()} shows no key.
 *
 * @param deployment names the deployment in client secrets, so that another refuses them
 * @param keys the keys that verify; never empty, no two of one name
 * @param logKey the key of the HMAC under which end users appear in logs; no rotation changes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SigningSecret(String deployment, List<SigningKey> keys, byte[] logKey) {
  private static final Comparator<SigningKey> BY_START = Comparator.comparing(SigningKey::from);

  /**
   * @throws IllegalArgumentException if there is no key, or two have the same name
   */
  public SigningSecret {
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a signing secret needs a key");
    }
    if (keys.stream().map(SigningKey::kid).distinct().count() < keys.size()) {
      throw new IllegalArgumentException("a signing secret has two keys of one name");
    }
  }

  /**
   * The key that signs: the newest that has started. If none has, because a clock is behind that of
   * the operator who made them, the one that starts first.
   *
   * @param now the present
   */
  public SigningKey signingKey(Instant now) {
    return keys.stream()
        .filter(key -> !key.from().isAfter(now))
        .max(BY_START)
        .orElseGet(() -> keys.stream().min(BY_START).orElseThrow());
  }

  /** The key of a name, whether or not it has started. */
  public Optional<SigningKey> key(String kid) {
    return keys.stream().filter(key -> key.kid().equals(kid)).findFirst();
  }

  @Override
  public String toString() {
    return "SigningSecret[" + deployment + "]";
  }
}
