package dev.chatgate.identity.keyset;

import java.time.Duration;
import org.jose4j.jwk.PublicJsonWebKey;

/** The key with which a token may have been signed. */
public sealed interface KeyLookup {
  /** The key. */
  record Found(PublicJsonWebKey key) implements KeyLookup {}

  /** The issuer's set is known and has no such key. */
  record NotFound() implements KeyLookup {}

  /**
   * No set of the issuer is known, and none can be fetched now.
   *
   * @param retryAfter when to try again
   */
  record Unavailable(Duration retryAfter) implements KeyLookup {}
}
