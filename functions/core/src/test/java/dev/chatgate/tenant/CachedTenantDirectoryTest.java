package dev.chatgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CachedTenantDirectoryTest {
  private static final KeyHash KEY = KeyHash.of("one");
  private static final Duration KNOWN_FOR = Duration.ofSeconds(30);

  private final Map<KeyHash, Credential> stored = new HashMap<>();
  private final Queue<Runnable> beside = new ArrayDeque<>();
  private int looks;
  private int indexReads;
  private TenantIndex index = new TenantIndex(Map.of(), false);
  private boolean away;
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private final CachedTenantDirectory directory =
      new CachedTenantDirectory(new Store(), KNOWN_FOR, () -> now, beside::add);

  private final class Store implements TenantDirectory {
    @Override
    public Optional<Credential> find(KeyHash key) {
      look();
      return Optional.ofNullable(stored.get(key));
    }

    @Override
    public Optional<Credential> find(TenantId tenant, int keyCode) {
      look();
      return stored.values().stream()
          .filter(key -> key.tenant().id().equals(tenant) && key.keyCode() == keyCode)
          .findFirst();
    }

    @Override
    public Optional<Tenant> find(TenantId tenant) {
      look();
      return stored.values().stream()
          .map(Credential::tenant)
          .filter(known -> known.id().equals(tenant))
          .findFirst();
    }

    @Override
    public TenantIndex index() {
      indexReads++;
      return index;
    }

    @Override
    public Map<KeyHash, Credential> some() {
      look();
      return Map.copyOf(stored);
    }

    private void look() {
      looks++;
      if (away) {
        throw new StoreUnavailableException("away", new IllegalStateException());
      }
    }
  }

  @Test
  void whatWasLookedUpAheadIsKnownWithoutAnotherLookForAsLong() {
    stored.put(KEY, credential());
    directory.lookAhead();
    stored.clear();
    now = now.plus(KNOWN_FOR).minusMillis(1);
    assertEquals(Optional.of(credential()), directory.find(KEY));
    assertEquals(1, looks);
    now = now.plusMillis(1);
    assertEquals(Optional.empty(), directory.find(KEY));
  }

  @Test
  void aLookAheadMakesNothingLastThatIsKnownAlready() {
    stored.put(KEY, credential());
    directory.find(KEY);
    now = now.plus(KNOWN_FOR.dividedBy(4));
    directory.lookAhead();
    stored.clear();
    now = now.plus(KNOWN_FOR.dividedBy(4).multipliedBy(3));
    assertEquals(Optional.empty(), directory.find(KEY));
  }

  @Test
  void aLookAheadThatFailsIsTold() {
    away = true;
    assertThrows(StoreUnavailableException.class, directory::lookAhead);
  }

  @Test
  void aKnownKeyIsLookedUpOnceInItsTime() {
    stored.put(KEY, credential());
    directory.find(KEY);
    now = now.plus(KNOWN_FOR).minusMillis(1);
    assertEquals(Optional.of(credential()), directory.find(KEY));
    assertEquals(1, looks);
  }

  @Test
  void inTheSecondHalfOfItsTimeAKeyIsLookedUpBesideTheCallOnce() {
    stored.put(KEY, credential());
    directory.find(KEY);
    now = now.plus(KNOWN_FOR.dividedBy(2)).minusMillis(1);
    directory.find(KEY);
    assertEquals(0, beside.size());
    now = now.plusMillis(1);
    directory.find(KEY);
    directory.find(KEY);
    assertEquals(1, beside.size());
    beside.remove().run();
    assertEquals(2, looks);
    now = now.plus(KNOWN_FOR).minusMillis(1);
    assertEquals(Optional.of(credential()), directory.find(KEY));
    assertEquals(2, looks);
  }

  @Test
  void aLookBesideACallFindsOutThatAKeyIsRevoked() {
    stored.put(KEY, credential());
    directory.find(KEY);
    stored.clear();
    now = now.plus(KNOWN_FOR.dividedBy(2));
    assertEquals(Optional.of(credential()), directory.find(KEY));
    beside.remove().run();
    assertEquals(Optional.empty(), directory.find(KEY));
  }

  @Test
  void aLookBesideACallThatFailsChangesNothing() {
    stored.put(KEY, credential());
    directory.find(KEY);
    now = now.plus(KNOWN_FOR.dividedBy(2));
    away = true;
    directory.find(KEY);
    beside.remove().run();
    now = now.plus(KNOWN_FOR.dividedBy(2)).minusMillis(1);
    assertEquals(Optional.of(credential()), directory.find(KEY));
    now = now.plusMillis(1);
    assertThrows(StoreUnavailableException.class, () -> directory.find(KEY));
  }

  @Test
  void aRevokedKeyIsUnknownAfterThatTime() {
    stored.put(KEY, credential());
    directory.find(KEY);
    stored.clear();
    now = now.plus(KNOWN_FOR);
    assertEquals(Optional.empty(), directory.find(KEY));
  }

  @Test
  void anUnknownKeyIsLookedUpAgainAfterTenSeconds() {
    directory.find(KEY);
    stored.put(KEY, credential());
    now = now.plus(CachedTenantDirectory.UNKNOWN_FOR).minusMillis(1);
    assertEquals(Optional.empty(), directory.find(KEY));
    now = now.plusMillis(1);
    assertEquals(Optional.of(credential()), directory.find(KEY));
  }

  @Test
  void aStoreThatIsAwayClosesTheDoorAndIsNotRemembered() {
    stored.put(KEY, credential());
    directory.find(KEY);
    away = true;
    now = now.plus(KNOWN_FOR);
    assertThrows(StoreUnavailableException.class, () -> directory.find(KEY));
    away = false;
    assertEquals(Optional.of(credential()), directory.find(KEY));
  }

  @Test
  void remembersABoundedNumberOfUnknownKeys() {
    for (int i = 0; i <= CachedTenantDirectory.MAX_KEYS; i++) {
      directory.find(KeyHash.of("unknown" + i));
    }
    int before = looks;
    directory.find(KeyHash.of("unknown1"));
    assertEquals(before, looks, "still remembered");
    directory.find(KeyHash.of("unknown0"));
    assertEquals(before + 1, looks, "the eldest went");
  }

  @Test
  void aKeyIsFoundByItsNumberAndATenantByItsNameOnceInTheirTime() {
    stored.put(KEY, credential());
    for (int i = 0; i < 3; i++) {
      assertEquals(Optional.of(credential()), directory.find(new TenantId("acme"), 0));
      assertEquals(Optional.of(credential().tenant()), directory.find(new TenantId("acme")));
      assertEquals(Optional.empty(), directory.find(new TenantId("acme"), 1));
      assertEquals(Optional.empty(), directory.find(new TenantId("other")));
    }
    assertEquals(4, looks);
    stored.clear();
    now = now.plus(KNOWN_FOR);
    assertEquals(Optional.empty(), directory.find(new TenantId("acme"), 0));
    assertEquals(Optional.empty(), directory.find(new TenantId("acme")));
  }

  @Test
  void whatIsReadAheadServesKeysNumbersAndTenants() {
    stored.put(KEY, credential());
    directory.lookAhead();
    assertEquals(1, looks);
    assertEquals(Optional.of(credential()), directory.find(KEY));
    assertEquals(Optional.of(credential()), directory.find(new TenantId("acme"), 0));
    assertEquals(Optional.of(credential().tenant()), directory.find(new TenantId("acme")));
    assertEquals(1, looks);
  }

  @Test
  void theIndexIsReadOnceInItsTime() {
    directory.lookAhead();
    assertEquals(index, directory.index());
    var login = new TenantIndex.Login("https://login.example.com", "app");
    index = new TenantIndex(Map.of(login, new TenantId("acme")), true);
    now = now.plus(KNOWN_FOR).minusMillis(1);
    assertTrue(directory.index().tenantOf(login.issuer(), login.audience()).isEmpty());
    now = now.plusMillis(1);
    assertEquals(
        Optional.of(new TenantId("acme")),
        directory.index().tenantOf(login.issuer(), login.audience()));
    assertTrue(directory.index().tenantOf(login.issuer(), "another app").isEmpty());
    assertEquals(2, indexReads);
  }

  @Test
  void aKeyIsStoredAsItsSha256() {
    assertEquals(
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
        KeyHash.of("one").hex());
  }

  private static Credential credential() {
    var tenant =
        new Tenant(
            new TenantId("acme"),
            TenantStatus.ACTIVE,
            Quota.UNLIMITED,
            Optional.empty(),
            Map.of(),
            Optional.empty());
    return new Credential(tenant, Optional.empty(), "ci", 0, Optional.empty(), Scope.DEFAULT);
  }
}
