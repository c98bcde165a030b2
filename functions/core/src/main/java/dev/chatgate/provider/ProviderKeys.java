package dev.chatgate.provider;

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
   * The key to use after the provider refused one: read anew, unless somebody else has read a newer
   * one meanwhile.
   *
   * @param refused the key that the provider answered 401 to
   * @return {@code refused} itself if the store still holds that one
   * @throws ProviderKeyUnavailableException if the store of secrets does not answer
   */
  ProviderKey replacing(ProviderKey refused);
}
