package dev.chatgate.secret;

/**
 * The provider's secret key. Its {@link #toString()} does not show it.
 *
 * @param secret the key as it goes into the {@code Authorization} header
 * @param isPrevious whether it is the one before the current: in use because the provider refused
 *     the current one
 */
public record ProviderKey(String secret, boolean isPrevious) {
  /** The current key. */
  public ProviderKey(String secret) {
    this(secret, false);
  }

  /** Whether both are the same to the provider. */
  public boolean sameSecret(ProviderKey other) {
    return secret.equals(other.secret);
  }

  @Override
  public String toString() {
    return "ProviderKey[…]";
  }
}
