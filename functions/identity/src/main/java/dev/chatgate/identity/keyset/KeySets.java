package dev.chatgate.identity.keyset;

import dev.chatgate.tenant.Issuer;
import java.util.Optional;

/** Finds the keys of issuers. */
@FunctionalInterface
public interface KeySets {
  /**
   * Finds a signing key.
   *
   * @param issuer the issuer that signs with the key
   * @param kid the key's name; absent finds the only key of a set that has exactly one
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  KeyLookup find(Issuer issuer, Optional<String> kid);
}
