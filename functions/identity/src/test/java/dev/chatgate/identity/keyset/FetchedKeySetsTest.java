package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.identity.keyset.KeyLookup.Found;
import dev.chatgate.identity.keyset.KeyLookup.NotFound;
import dev.chatgate.identity.keyset.KeyLookup.Unavailable;
import dev.chatgate.keyset.MemoryKeySetStore;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.testkit.FakeIssuer;
import dev.chatgate.time.Pause;
import dev.chatgate.time.TestClock;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchedKeySetsTest {
  private static final Issuer ISSUER = TestKeys.issuer("https://issuer.example");
  private static final Duration TICK = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final TestClock clock = new TestClock(Instant.parse("2026-11-30T08:00:00Z"));
  private final MemoryKeySetStore store = new MemoryKeySetStore();
  private final CountingFetcher fetcher = new CountingFetcher();
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final FetchedKeySets keys = instance();

  /** Answers with a set, or with a failure, and counts. */
  private static final class CountingFetcher implements KeySetFetcher {
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile String answer = TestKeys.set("a");
    private volatile boolean away;

    @Override
    public String fetch(Issuer issuer) throws KeySetException {
      fetches.incrementAndGet();
      if (away) {
        throw new KeySetException("the issuer is away");
      }
      return answer;
    }

    int count() {
      return fetches.get();
    }
  }

  private FetchedKeySets instance() {
    return new FetchedKeySets(store, fetcher, clock, clock, background::add);
  }

  private KeyLookup find(FetchedKeySets instance, String kid) {
    return instance.find(ISSUER, Optional.of(kid));
  }

  private void assertFound(FetchedKeySets instance, String kid) {
    assertEquals(kid, assertInstanceOf(Found.class, find(instance, kid)).key().getKeyId());
  }

  private void assertNotFound(FetchedKeySets instance, String kid) {
    assertInstanceOf(NotFound.class, find(instance, kid));
  }

  private Duration assertUnavailable(FetchedKeySets instance) {
    return assertInstanceOf(Unavailable.class, find(instance, "a")).retryAfter();
  }

  private void assertCounts(int fetches, int reads, int writes) {
    assertEquals(
        List.of(fetches, reads, writes), List.of(fetcher.count(), store.reads(), store.writes()));
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  @Test
  void theFirstCallOfAllFetchesAndStores() {
    assertFound(keys, "a");
    assertCounts(1, 1, 2);
    var stored = store.read(ISSUER.issuer());
    assertEquals(Optional.of(fetcher.answer), stored.keys());
    assertEquals(Optional.of(clock.instant()), stored.fetchedAt());
    assertEquals(clock.instant().plus(KeySetTimes.FETCH_PAUSE), stored.noFetchBefore());
  }

  @Test
  void aKnownKeyCostsNoStoreCall() {
    assertFound(keys, "a");
    for (int i = 0; i < 3_599; i++) {
      clock.advance(SECOND);
      assertFound(keys, "a");
    }
    assertCounts(1, 1, 2);
    assertTrue(background.isEmpty());
  }

  @Test
  void anotherInstanceReadsWhatOneFetched() {
    assertFound(keys, "a");
    assertFound(instance(), "a");
    assertCounts(1, 2, 2);
  }

  @Test
  void afterAPrefetchTheFirstCallCostsNoStoreCall() {
    assertFound(keys, "a");
    var restored = instance();
    restored.prefetch(List.of(ISSUER, ISSUER, TestKeys.with(TestKeys.set("b"))));
    assertCounts(1, 2, 2);
    assertFound(restored, "a");
    assertCounts(1, 2, 2);
  }

  @Test
  void aPrefetchFetchesNothing() {
    keys.prefetch(List.of(ISSUER));
    assertCounts(0, 1, 0);
    assertFound(keys, "a");
    assertCounts(1, 1, 2);
  }

  @Test
  void aPrefetchWithTheStoreAwayIsNamed() {
    store.away(true);
    assertThrows(StoreUnavailableException.class, () -> keys.prefetch(List.of(ISSUER)));
    store.away(false);
    assertFound(keys, "a");
  }

  @Test
  void aSnapshotsOldSetIsReadAnewByThePrefetch() {
    assertFound(keys, "a");
    clock.advance(Duration.ofDays(2));
    fetcher.answer = TestKeys.set("b");
    assertFound(instance(), "b");
    keys.prefetch(List.of(ISSUER));
    int reads = store.reads();
    assertFound(keys, "b");
    assertEquals(reads, store.reads());
    assertEquals(2, fetcher.count());
  }

  @Test
  void afterAnHourOneInstanceRefreshesBesideTheCalls() {
    var other = instance();
    assertFound(keys, "a");
    assertFound(other, "a");
    assertCounts(1, 2, 2);
    clock.advance(KeySetTimes.REFRESH_AFTER);
    fetcher.answer = TestKeys.set("a", "b");
    for (int i = 0; i < 10; i++) {
      assertFound(keys, "a");
      assertFound(other, "a");
    }
    assertCounts(1, 2, 2);
    assertEquals(2, background.size());
    runBackground();
    assertCounts(2, 4, 4);
    assertFound(keys, "b");
    assertFound(other, "b");
    assertTrue(background.isEmpty());
  }

  @Test
  void theKeysOfAnIssuerThatIsAwayAreUsedForADay() {
    assertFound(keys, "a");
    var fetchedAt = clock.instant();
    fetcher.away = true;
    while (clock.instant().isBefore(fetchedAt.plus(KeySetTimes.USED_FOR).minus(SECOND))) {
      clock.advance(SECOND);
      assertFound(keys, "a");
      runBackground();
    }
    clock.advance(SECOND.minus(TICK));
    assertFound(keys, "a");
    runBackground();
    long tried = Duration.ofHours(23).dividedBy(KeySetTimes.FETCH_PAUSE);
    assertTrue(
        fetcher.count() > tried - 2 && fetcher.count() <= tried + 2,
        () -> fetcher.count() + " fetches");
    clock.advance(TICK);
    var wait = assertUnavailable(keys);
    assertTrue(wait.compareTo(KeySetTimes.FETCH_PAUSE) <= 0, wait::toString);
    assertUnavailable(instance());
    clock.advance(KeySetTimes.FETCH_PAUSE);
    int fetches = fetcher.count();
    assertEquals(SECOND, assertUnavailable(keys));
    assertEquals(fetches + 1, fetcher.count());
    fetcher.away = false;
    clock.advance(SECOND);
    assertFound(keys, "a");
    assertEquals(fetches + 2, fetcher.count());
  }

  @Test
  void anIssuerThatIsAwayIsAskedOnceIn30SecondsByAllInstances() {
    var instances = IntStream.range(0, 5).mapToObj(_ -> instance()).toList();
    instances.forEach(instance -> assertFound(instance, "a"));
    clock.advance(KeySetTimes.REFRESH_AFTER);
    fetcher.away = true;
    for (int second = 0; second < 300; second++) {
      instances.forEach(instance -> assertFound(instance, "a"));
      runBackground();
      clock.advance(SECOND);
    }
    assertEquals(1 + 10, fetcher.count());
    int reads = store.reads();
    assertTrue(reads <= 5 + 5 * 10, () -> reads + " reads");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        "{\"keys\":[]}",
        "{\"keys\":[",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"AAAA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"use\":\"enc\",\"n\":\"AQ\",\"e\":\"AQ\"}]}"
      })
  void aBadAnswerNeverReplacesTheKnownSet(String bad) {
    assertFound(keys, "a");
    var good = fetcher.answer;
    clock.advance(KeySetTimes.REFRESH_AFTER);
    fetcher.answer = bad;
    assertFound(keys, "a");
    runBackground();
    assertEquals(2, fetcher.count());
    assertFound(keys, "a");
    assertNotFound(keys, "b");
    assertEquals(Optional.of(good), store.read(ISSUER.issuer()).keys());
    assertFound(instance(), "a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<html>", "{\"keys\":[]}"})
  void aBadFirstAnswerIsNoSet(String bad) {
    fetcher.answer = bad;
    assertEquals(SECOND, assertUnavailable(keys));
    assertEquals(Optional.empty(), store.read(ISSUER.issuer()).keys());
  }

  @Test
  void aFirstFetchThatFailedBlocksTheNextForASecondOverAllInstances() {
    var other = instance();
    fetcher.away = true;
    assertEquals(SECOND, assertUnavailable(keys));
    for (int i = 0; i < 100; i++) {
      assertEquals(SECOND, assertUnavailable(keys));
      assertEquals(SECOND, assertUnavailable(other));
    }
    assertEquals(1, fetcher.count());
    clock.advance(SECOND.minus(TICK));
    assertUnavailable(keys);
    assertEquals(1, fetcher.count());
    clock.advance(TICK);
    fetcher.away = false;
    assertFound(keys, "a");
    assertFound(other, "a");
    assertEquals(2, fetcher.count());
  }

  @Test
  void aNewKeyIsFetchedAtOnce() {
    assertFound(keys, "a");
    clock.advance(KeySetTimes.FETCH_PAUSE);
    fetcher.answer = TestKeys.set("a", "b");
    assertFound(keys, "b");
    assertEquals(2, fetcher.count());
  }

  @Test
  void aNewKeyWaitsForThePauseBetweenFetches() {
    assertFound(keys, "a");
    fetcher.answer = TestKeys.set("a", "b");
    clock.advance(KeySetTimes.FETCH_PAUSE.minus(TICK));
    assertNotFound(keys, "b");
    assertEquals(1, fetcher.count());
    clock.advance(TICK);
    assertFound(keys, "b");
  }

  @Test
  void aKeyThatAnotherInstanceFetchedIsFoundWithinASecond() {
    var other = instance();
    assertFound(keys, "a");
    assertFound(other, "a");
    clock.advance(KeySetTimes.FETCH_PAUSE);
    assertNotFound(other, "b");
    fetcher.answer = TestKeys.set("b");
    clock.advance(KeySetTimes.FETCH_PAUSE);
    assertFound(keys, "b");
    assertFound(other, "b");
    assertEquals(3, fetcher.count());
  }

  @Test
  void aKeyThatTheIssuerWithdrewIsGoneWithTheRefresh() {
    fetcher.answer = TestKeys.set("a", "b");
    assertFound(keys, "a");
    clock.advance(KeySetTimes.REFRESH_AFTER);
    fetcher.answer = TestKeys.set("b");
    assertFound(keys, "a");
    runBackground();
    assertNotFound(keys, "a");
    assertFound(keys, "b");
    assertNotFound(instance(), "a");
  }

  @Test
  void tenThousandUnknownKeysCauseOneFetchByAllInstances() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var instances = IntStream.range(0, 5).mapToObj(_ -> instance()).toList();
    instances.forEach(instance -> assertFound(instance, "a"));
    clock.advance(KeySetTimes.FETCH_PAUSE);
    int reads = store.reads();
    int writes = store.writes();
    var start = clock.instant();
    for (int i = 0; i < 10_000; i++) {
      assertNotFound(instances.get(random.nextInt(5)), "k" + random.nextLong());
      clock.advance(Duration.ofNanos(2_900_000));
    }
    var message = "seed " + seed;
    long seconds = Duration.between(start, clock.instant()).toSeconds() + 1;
    assertEquals(2, fetcher.count(), message);
    assertTrue(store.reads() - reads <= 5 * seconds, message);
    assertEquals(2, store.writes() - writes, message);
  }

  @Test
  void concurrentUnknownKeysCauseOneFetch() throws Exception {
    var real = InstantSource.system();
    var instances =
        IntStream.range(0, 4)
            .mapToObj(_ -> new FetchedKeySets(store, fetcher, real, Pause.SLEEP, background::add))
            .toList();
    store.fill(ISSUER.issuer(), fetcher.answer, real.instant().minusSeconds(60), Instant.EPOCH);
    var start = real.instant();
    var lookups = new ArrayList<Future<KeyLookup>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10_000; i++) {
        var instance = instances.get(i % 4);
        var kid = "k" + i;
        lookups.add(callers.submit(() -> find(instance, kid)));
      }
    }
    for (var lookup : lookups) {
      assertInstanceOf(NotFound.class, lookup.get());
    }
    var elapsed = Duration.between(start, real.instant());
    // One, unless the machine is so busy that the pause between two passes.
    assertTrue(
        fetcher.count() <= 1 + elapsed.dividedBy(KeySetTimes.FETCH_PAUSE),
        () -> fetcher.count() + " fetches");
    assertTrue(store.reads() <= 4 * (elapsed.toSeconds() + 2), () -> store.reads() + " reads");
  }

  @Test
  void concurrentFirstCallsOfAnInstanceShareOneFetch() throws Exception {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    KeySetFetcher slow =
        issuer -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new KeySetException("interrupted");
          }
          return fetcher.fetch(issuer);
        };
    var shared = new FetchedKeySets(store, slow, clock, clock, background::add);
    var lookups = new ArrayList<Future<KeyLookup>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      lookups.add(callers.submit(() -> find(shared, "a")));
      begun.await();
      for (int i = 0; i < 50; i++) {
        lookups.add(callers.submit(() -> find(shared, "a")));
      }
      go.countDown();
    }
    for (var lookup : lookups) {
      assertInstanceOf(Found.class, lookup.get());
    }
    assertCounts(1, 1, 2);
  }

  @Test
  void aCallWaitsForTheFirstFetchOfAnotherInstance() {
    assertTrue(reserveElsewhere());
    var waits = new ArrayList<Duration>();
    Pause untilFetched =
        duration -> {
          waits.add(duration);
          clock.advance(duration);
          store.fill(ISSUER.issuer(), fetcher.answer, clock.instant(), clock.instant());
        };
    var waiting = new FetchedKeySets(store, fetcher, clock, untilFetched, background::add);
    assertFound(waiting, "a");
    assertEquals(List.of(SECOND), waits);
    assertEquals(0, fetcher.count());
  }

  @Test
  void aCallWaitsForTheRefetchOfAnotherInstance() {
    assertFound(keys, "a");
    clock.advance(KeySetTimes.FETCH_PAUSE);
    assertTrue(reserveElsewhere());
    Pause untilFetched =
        duration -> {
          clock.advance(duration);
          store.fill(ISSUER.issuer(), TestKeys.set("b"), clock.instant(), clock.instant());
        };
    var waiting = new FetchedKeySets(store, fetcher, clock, untilFetched, background::add);
    assertFound(waiting, "b");
    assertEquals(1, fetcher.count());
  }

  private boolean reserveElsewhere() {
    var until = clock.instant().plus(KeySetTimes.RESERVED_FOR);
    return store.reserveFetch(ISSUER.issuer(), clock.instant(), until, until);
  }

  @Test
  void aCallWaitsTwoSecondsAtMostForAnInstanceThatDied() {
    assertTrue(reserveElsewhere());
    var start = clock.instant();
    assertEquals(SECOND, assertUnavailable(keys));
    assertEquals(HttpKeySetFetcher.MAX_TIME, Duration.between(start, clock.instant()));
    assertCounts(0, 3, 1);
    clock.advance(SECOND);
    assertFound(keys, "a");
    assertEquals(1, fetcher.count());
  }

  @Test
  void aReservationThatWasLostIsWaitedFor() {
    assertFound(keys, "a");
    clock.advance(KeySetTimes.FETCH_PAUSE);
    // Reads, and finds that it may fetch; before it reserves, another instance has done so.
    var raced =
        new FetchedKeySets(
            new LosingStore(store, this::reserveElsewhere),
            fetcher,
            clock,
            duration -> {
              clock.advance(duration);
              store.fill(ISSUER.issuer(), TestKeys.set("b"), clock.instant(), clock.instant());
            },
            background::add);
    assertFound(raced, "b");
    assertEquals(1, fetcher.count());
  }

  @Test
  void withTheStoreAwayKnownKeysAreFoundAndOthersNot() {
    assertFound(keys, "a");
    store.away(true);
    clock.advance(KeySetTimes.REFRESH_AFTER);
    assertFound(keys, "a");
    runBackground();
    assertFound(keys, "a");
    assertThrows(StoreUnavailableException.class, () -> find(keys, "b"));
    assertThrows(StoreUnavailableException.class, () -> find(instance(), "a"));
    assertEquals(1, fetcher.count());
    store.away(false);
    assertFound(instance(), "a");
  }

  @Test
  void whatWasFetchedIsUsedThoughItCouldNotBeStored() {
    var failing =
        new FetchedKeySets(
            store,
            issuer -> {
              store.away(true);
              return fetcher.fetch(issuer);
            },
            clock,
            clock,
            background::add);
    assertFound(failing, "a");
    assertFound(failing, "a");
    assertEquals(1, fetcher.count());
  }

  @Test
  void aDamagedStoredSetIsFetchedAnew() {
    store.fill(ISSUER.issuer(), "damaged", clock.instant().minusSeconds(60), clock.instant());
    assertFound(keys, "a");
    assertEquals(1, fetcher.count());
    assertFound(instance(), "a");
    assertEquals(1, fetcher.count());
  }

  @Test
  void aStoredSetOfWhichThisReleaseKnowsNoKeyIsKnown() {
    var later = "{\"keys\":[{\"kty\":\"AKP\",\"kid\":\"later\"}]}";
    store.fill(ISSUER.issuer(), later, clock.instant(), clock.instant().plusSeconds(30));
    assertNotFound(keys, "later");
    assertEquals(0, fetcher.count());
  }

  @Test
  void withoutANameTheOnlyKeyIsFoundAndNoOtherSetFetched() {
    assertInstanceOf(Found.class, keys.find(ISSUER, Optional.empty()));
    fetcher.answer = TestKeys.set("a", "b");
    clock.advance(KeySetTimes.REFRESH_AFTER);
    assertInstanceOf(Found.class, keys.find(ISSUER, Optional.empty()));
    runBackground();
    clock.advance(KeySetTimes.FETCH_PAUSE);
    for (int i = 0; i < 10; i++) {
      assertInstanceOf(NotFound.class, keys.find(ISSUER, Optional.empty()));
      assertInstanceOf(NotFound.class, instance().find(ISSUER, Optional.empty()));
    }
    assertEquals(2, fetcher.count());
  }

  @Test
  void aConfiguredSetIsNeitherFetchedNorRead() {
    var configured = TestKeys.with(TestKeys.set("c"));
    assertInstanceOf(Found.class, keys.find(configured, Optional.of("c")));
    assertInstanceOf(Found.class, keys.find(configured, Optional.empty()));
    assertInstanceOf(NotFound.class, keys.find(configured, Optional.of("a")));
    assertInstanceOf(NotFound.class, keys.find(TestKeys.with("damaged"), Optional.of("a")));
    assertCounts(0, 0, 0);
  }

  @Test
  void issuersWithOneAddressShareItsSet() {
    var uri = URI.create("https://keys.example/jwks");
    assertInstanceOf(Found.class, keys.find(TestKeys.at(uri), Optional.of("a")));
    assertInstanceOf(Found.class, keys.find(TestKeys.at(uri), Optional.of("a")));
    assertFound(keys, "a");
    assertEquals(2, fetcher.count());
    assertTrue(store.read(FetchedKeySets.KEYS_AT + uri).keys().isPresent());
  }

  /** An issuer's name may be the address of another's keys; what is found there differs. */
  @Test
  void anIssuerAndAnAddressOfTheSameNameHaveTheirOwnSets() {
    var name = "https://keys.example/jwks";
    assertInstanceOf(Found.class, keys.find(TestKeys.at(URI.create(name)), Optional.of("a")));
    fetcher.answer = TestKeys.set("b");
    assertInstanceOf(Found.class, keys.find(TestKeys.issuer(name), Optional.of("b")));
    assertEquals(2, fetcher.count());
  }

  @Test
  void theSetThatWasUsedLongestAgoIsForgotten() {
    var issuers =
        IntStream.rangeClosed(0, FetchedKeySets.MAX_SETS)
            .mapToObj(i -> TestKeys.issuer("https://issuer.example/" + i))
            .toList();
    var last = FetchedKeySets.MAX_SETS;
    issuers.subList(0, last).forEach(issuer -> keys.find(issuer, Optional.of("a")));
    keys.find(issuers.get(0), Optional.of("a"));
    keys.find(issuers.get(last), Optional.of("a"));
    int reads = store.reads();
    keys.find(issuers.get(0), Optional.of("a"));
    assertEquals(reads, store.reads());
    keys.find(issuers.get(1), Optional.of("a"));
    assertEquals(reads + 1, store.reads());
    assertEquals(issuers.size(), fetcher.count());
  }

  /** Rotation, misbehaviour and an outage of a real server, as the calls see them. */
  @Test
  void anIssuersBadDaysDoNotShowInCalls() {
    try (var server = new FakeIssuer().keys(TestKeys.set("a"))) {
      var issuer = TestKeys.issuer(server.issuer());
      var patient =
          new HttpKeySetFetcher(
              true,
              InetAddress::getAllByName,
              PublicAddress::isPublic,
              SSLContexts::createDefault,
              Duration.ofSeconds(60));
      var instances =
          Stream.generate(() -> new FetchedKeySets(store, patient, clock, clock, Runnable::run))
              .limit(2)
              .toList();
      assertFoundByAll(instances, issuer, "a");
      assertEquals(1, server.keyRequests());
      clock.advance(KeySetTimes.FETCH_PAUSE);
      server.keys(TestKeys.set("a", "b"));
      assertFoundByAll(instances, issuer, "b");
      assertEquals(2, server.keyRequests());
      clock.advance(KeySetTimes.REFRESH_AFTER);
      server.keysBy(wire -> wire.answer(200, "text/html", "<html>"));
      assertFoundByAll(instances, issuer, "b");
      clock.advance(KeySetTimes.FETCH_PAUSE);
      server.keysBy(wire -> wire.json(302, "", "location: https://elsewhere.example/"));
      assertFoundByAll(instances, issuer, "b");
      clock.advance(KeySetTimes.FETCH_PAUSE);
      server.document("{\"issuer\":\"https://another.example\"}");
      assertFoundByAll(instances, issuer, "b");
      assertEquals(4, server.keyRequests());
      assertEquals(5, server.documentRequests());
      clock.advance(KeySetTimes.USED_FOR);
      var unknown = instances.getFirst().find(issuer, Optional.of("b"));
      assertEquals(SECOND, assertInstanceOf(Unavailable.class, unknown).retryAfter());
    }
  }

  private static void assertFoundByAll(List<FetchedKeySets> instances, Issuer issuer, String kid) {
    for (var instance : instances) {
      assertInstanceOf(Found.class, instance.find(issuer, Optional.of(kid)));
    }
  }
}
