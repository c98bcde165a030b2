package dev.chatgate.provider.redaction;

import dev.chatgate.openai.json.KeySearch;
import dev.chatgate.secret.ProviderKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Our keys at the provider that this process has used or read: the current one, the one before it
 * and those of calls in flight. None of them may leave to a tenant. For many threads; bounded, the
 * key that was added first is forgotten.
 */
public final class KnownKeys {
  private static final int MAX_KEYS = 8;

  private volatile Known known = new Known(List.of(), KeySearch.NONE);

  private record Known(List<String> secrets, KeySearch search) {}

  /** Adds a key; costs nothing for one that is known. */
  public void add(ProviderKey key) {
    if (!known.secrets.contains(key.secret())) {
      addNew(key.secret());
    }
  }

  private synchronized void addNew(String secret) {
    var secrets = new ArrayList<>(known.secrets);
    if (secrets.contains(secret)) {
      return;
    }
    if (secrets.size() == MAX_KEYS) {
      secrets.removeFirst();
    }
    secrets.add(secret);
    known = new Known(List.copyOf(secrets), new KeySearch(secrets));
  }

  /** Searches for all of them. */
  public KeySearch search() {
    return known.search;
  }
}
