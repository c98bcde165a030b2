package dev.chatgate.secret;

import java.util.Optional;

/** Where the provider's key comes from. */
public interface ProviderKeys {

  /**
   * The key to use now, from memory where it is fresh enough.
   *
   * @throws ProviderKeyUnavailableException if there is none in memory and the store of secrets
   *     does not answer
   */
  ProviderKey current();

  /**
   * The key to use after the provider refused one: read anew, unless another call has read a newer
   * one meanwhile.
   *
   * @param refused the key that the provider answered 401 to
   * @return {@code refused} itself if the store still holds that one
   * @throws ProviderKeyUnavailableException if the store of secrets does not answer
   */
  ProviderKey replacing(ProviderKey refused);

  /**
   * The key before the current one, for when the provider refuses that: a bad one may have been put
   * in. While it is in use, {@link #current} gives it to other calls too, for a short time.
   *
   * @param refused the current key, as it was refused
   * @return empty if there is none, or it is {@code refused} itself
   * @throws ProviderKeyUnavailableException if the store of secrets does not answer
   */
  default Optional<ProviderKey> previous(ProviderKey refused) {
    return Optional.empty();
  }
}
