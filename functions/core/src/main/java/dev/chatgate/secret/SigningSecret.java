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
 * @param edgeSecrets what a CDN in front of the deployment sends with each request, oldest first;
 *     at most {@value #MAX_EDGE_SECRETS}, empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SigningSecret(
    String deployment, List<SigningKey> keys, byte[] logKey, List<EdgeSecret> edgeSecrets) {
  /** How many edge secrets are accepted at the same time: the new one, and the one before it. */
  public static final int MAX_EDGE_SECRETS = 2;

  private static final Comparator<SigningKey> BY_START = Comparator.comparing(SigningKey::from);

  /**
   * @throws IllegalArgumentException if there is no key, two have the same name, or there are too
   *     many edge secrets
   */
  public SigningSecret {
    keys = List.copyOf(keys);
    edgeSecrets = List.copyOf(edgeSecrets);
    if (edgeSecrets.size() > MAX_EDGE_SECRETS) {
      throw new IllegalArgumentException("a signing secret has too many edge secrets");
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a signing secret needs a key");
    }
    if (keys.stream().map(SigningKey::kid).distinct().count() < keys.size()) {
      throw new IllegalArgumentException("a signing secret has two keys of one name");
    }
  }

  /** A secret without edge secrets. */
  public SigningSecret(String deployment, List<SigningKey> keys, byte[] logKey) {
    this(deployment, keys, logKey, List.of());
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

  /**
   * Whether a text is one of the edge secrets. The time that this takes does not depend on how much
   * of the text is right.
   */
  public boolean isEdgeSecret(String text) {
    boolean found = false;
    for (var secret : edgeSecrets) {
      // Every secret is compared, also after one that is equal.
      found |= secret.matches(text);
    }
    return found;
  }

  @Override
  public String toString() {
    return "SigningSecret[" + deployment + "]";
  }
}
