package dev.chatgate.identity.keyset;

import dev.chatgate.tenant.Issuer;

/** Fetches the key set of an issuer. */
@FunctionalInterface
public interface KeySetFetcher {
  /**
   * Fetches the set from the issuer's {@code jwksUri}, or from where its discovery document says.
   *
   * @return what was answered; it need not be a key set
   * @throws KeySetException if there is no proper answer
   */
  String fetch(Issuer issuer) throws KeySetException;
}
