package dev.chatgate.identity.login;

import dev.chatgate.identity.keyset.KeyLookup;
import dev.chatgate.identity.keyset.KeySets;
import dev.chatgate.tenant.Issuer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwk.PublicJsonWebKey;

/** Key sets of issuers. It counts what is looked up. */
final class MemoryKeySets implements KeySets {
  private final Map<String, List<PublicJsonWebKey>> sets = new HashMap<>();
  private final List<String> lookups = new ArrayList<>();
  private Optional<KeyLookup> answer = Optional.empty();

  /** Sets the keys of an issuer. */
  void put(String issuer, List<PublicJsonWebKey> keys) {
    sets.put(issuer, keys);
  }

  /** Gives one answer to every lookup. */
  void answer(KeyLookup always) {
    answer = Optional.of(always);
  }

  /** The issuers of the keys that were looked up, in order. */
  List<String> lookups() {
    return lookups;
  }

  @Override
  public KeyLookup find(Issuer issuer, Optional<String> kid) {
    lookups.add(issuer.issuer());
    return answer.orElseGet(() -> lookUp(sets.getOrDefault(issuer.issuer(), List.of()), kid));
  }

  private static KeyLookup lookUp(List<PublicJsonWebKey> keys, Optional<String> kid) {
    if (kid.isEmpty()) {
      return keys.size() == 1 ? new KeyLookup.Found(keys.getFirst()) : new KeyLookup.NotFound();
    }
    return keys.stream()
        .filter(key -> kid.get().equals(key.getKeyId()))
        .findFirst()
        .<KeyLookup>map(KeyLookup.Found::new)
        .orElseGet(KeyLookup.NotFound::new);
  }
}
