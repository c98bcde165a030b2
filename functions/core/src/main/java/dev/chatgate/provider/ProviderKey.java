package dev.chatgate.provider;

/**
 * The provider's secret key. Its {@link #toString()} does not show it.
 *
 * @param secret the key as it goes into the {@code Authorization} header
 */
public record ProviderKey(String secret) {
  @Override
  public String toString() {
    return "ProviderKey[…]";
  }
}
