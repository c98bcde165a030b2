package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.chatgate.identity.keyset.KeyLookup.Found;
import dev.chatgate.identity.keyset.KeyLookup.Unavailable;
import dev.chatgate.keyset.KeySetStore;
import dev.chatgate.keyset.MemoryKeySetStore;
import dev.chatgate.keyset.StoredKeySet;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.time.Pause;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several instances with the keys of one issuer, in many schedules, each drawn from its seed. At
 * every access to the store, every fetch and every pause, another instance may do something first.
 * The issuer is sometimes away, withdraws keys, and an instance is sometimes suspended during a
 * fetch, as Lambda does between two calls.
 */
class KeySetScheduleTest {
  private static final Issuer ISSUER = TestKeys.issuer("https://issuer.example");
  private static final int SCHEDULES = 1_000;
  private static final int MAX_SCHEDULES_TO_FIND_A_BUG = 500;

  /** The issuer always has the first of these keys, the others now and then. */
  private static final List<String> SETS =
      List.of(TestKeys.set("a", "b"), TestKeys.set("a", "c"), TestKeys.set("a"));

  private static final List<String> NAMES = List.of("a", "b", "c", "unknown");

  /** A defect in the store that the schedules must find. */
  enum Bug {
    EVERY_INSTANCE_GETS_THE_RESERVATION,
    NO_PAUSE_AFTER_A_RESERVATION,
    NO_PAUSE_AFTER_A_FETCH,
    A_FAILED_FETCH_REMOVES_THE_KEYS,
    A_LAPSED_RESERVATION_STORES_ITS_SET,
    READS_ARE_OF_A_MINUTE_AGO
  }

  /** Every fetch that fails is logged; kept, since the logger is else collected. */
  private static final Logger LOG = Logger.getLogger(CachedKeySet.class.getName());

  @BeforeAll
  static void logNothing() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(null);
  }

  @Test
  void everyScheduleKeepsTheKeysAndThePauses() {
    long first = new Random().nextLong();
    for (long seed = first; seed < first + SCHEDULES; seed++) {
      var problem = new Schedule(seed, Optional.empty()).run();
      if (problem.isPresent()) {
        fail("seed " + seed + ": " + problem.get());
      }
    }
  }

  @Test
  void aSeedRepeatsItsSchedule() {
    assertEquals(events(7), events(7));
  }

  private static List<String> events(long seed) {
    var schedule = new Schedule(seed, Optional.empty());
    assertEquals(Optional.empty(), schedule.run());
    return schedule.events;
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void aBugIsFound(Bug bug) {
    for (long seed = 1; seed <= MAX_SCHEDULES_TO_FIND_A_BUG; seed++) {
      var problem = new Schedule(seed, Optional.of(bug)).run();
      if (problem.isPresent()) {
        System.out.printf("%s: schedule %d: %s%n", bug, seed, problem.get());
        return;
      }
    }
    fail(bug + " was not found in " + MAX_SCHEDULES_TO_FIND_A_BUG + " schedules");
  }

  /** One schedule. Every instant is milliseconds of the test's clock. */
  private static final class Schedule {
    private static final int INSTANCES = 4;
    private static final int STEPS = 60;
    private static final int MAX_DEPTH = 3;

    private final Random random;
    private final Optional<Bug> bug;
    private final TestClock clock = new TestClock(Instant.parse("2026-11-30T08:00:00Z"));
    private final MemoryKeySetStore store = new MemoryKeySetStore();
    private final List<Instance> instances = new ArrayList<>();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final List<String> events = new ArrayList<>();
    private Optional<String> problem = Optional.empty();
    private Optional<Instant> lastFetch = Optional.empty();
    private Optional<StoredKeySet> aMinuteAgo = Optional.empty();
    private Instant aMinuteAgoAt = Instant.MIN;
    private String answer = SETS.getFirst();
    private boolean away;
    private int depth;

    Schedule(long seed, Optional<Bug> bug) {
      this.random = new Random(seed);
      this.bug = bug;
      for (int i = 0; i < INSTANCES; i++) {
        instances.add(new Instance());
      }
    }

    /** What went wrong, if anything. */
    Optional<String> run() {
      for (int step = 0; step < STEPS && problem.isEmpty(); step++) {
        clock.advance(step());
        issuerChanges();
        call();
        while (random.nextBoolean() && !background.isEmpty()) {
          background.remove().run();
        }
      }
      return problem;
    }

    private Duration step() {
      return switch (random.nextInt(12)) {
        case 0 -> Duration.ofMinutes(random.nextInt(90));
        case 1 -> Duration.ofHours(random.nextInt(30));
        case 2, 3, 4 -> Duration.ofSeconds(random.nextInt(60));
        default -> Duration.ofMillis(random.nextInt(2_000));
      };
    }

    private void issuerChanges() {
      if (random.nextInt(6) == 0) {
        away = !away;
      }
      if (random.nextInt(10) == 0) {
        answer = SETS.get(random.nextInt(SETS.size()));
      }
    }

    /** Lets another instance do something, or nothing. */
    private void interrupt() {
      if (depth < MAX_DEPTH && random.nextInt(3) == 0) {
        depth++;
        clock.advance(Duration.ofMillis(random.nextInt(300)));
        call();
        depth--;
      }
    }

    private void call() {
      var instance = instances.get(random.nextInt(INSTANCES));
      var kid = NAMES.get(random.nextInt(NAMES.size()));
      if (instance.busy) {
        return;
      }
      instance.busy = true;
      boolean known = isKnown();
      var lookup = instance.keys.find(ISSUER, Optional.of(kid));
      instance.busy = false;
      events.add(clock.instant() + " " + kid + " " + lookup.getClass().getSimpleName());
      if (known && kid.equals("a") && !(lookup instanceof Found)) {
        report("a key that every set had was not found");
      }
      if (known && lookup instanceof Unavailable && isKnown()) {
        report("the keys were lost");
      }
    }

    /** Whether all instances can know a set: it was stored a second ago, and is not too old. */
    private boolean isKnown() {
      var stored = good;
      var now = clock.instant();
      return stored.isPresent()
          && !now.isBefore(stored.get().plus(KeySetTimes.READ_PAUSE))
          && now.isBefore(goodFetchedAt.plus(KeySetTimes.USED_FOR).minusSeconds(60));
    }

    /** When a set was stored for the first time since the last one was too old, and its fetch. */
    private Optional<Instant> good = Optional.empty();

    private Instant goodFetchedAt = Instant.MIN;

    private void stored(Instant fetchedAt) {
      var now = clock.instant();
      if (fetchedAt.isBefore(goodFetchedAt)) {
        report("an older set replaced a newer one");
      }
      if (good.isEmpty() || !now.isBefore(goodFetchedAt.plus(KeySetTimes.USED_FOR))) {
        good = Optional.of(now);
      }
      goodFetchedAt = fetchedAt;
    }

    private void report(String what) {
      if (problem.isEmpty()) {
        problem = Optional.of(what + " at " + clock.instant());
      }
    }

    private boolean has(Bug planted) {
      return bug.filter(planted::equals).isPresent();
    }

    /** Checks the pause between this fetch and the one before. */
    private String fetch() throws KeySetException {
      interrupt();
      if (random.nextInt(10) == 0) {
        clock.advance(Duration.ofSeconds(random.nextInt(120)));
      } else {
        clock.advance(Duration.ofMillis(random.nextInt(2_000)));
      }
      interrupt();
      if (away) {
        throw new KeySetException("the issuer is away");
      }
      return answer;
    }

    private void reserved(Instant now) {
      boolean setIsKnown = isKnown();
      var pause = setIsKnown ? KeySetTimes.FETCH_PAUSE : KeySetTimes.FETCH_PAUSE_IF_UNKNOWN;
      if (lastFetch.isPresent() && now.isBefore(lastFetch.get().plus(pause))) {
        report("fetched again " + Duration.between(lastFetch.get(), now) + " after a fetch");
      }
      lastFetch = Optional.of(now);
    }

    /** One instance, which reads the store at most once a second. */
    private final class Instance implements KeySetStore {
      private final Pause pause =
          duration -> {
            interrupt();
            clock.advance(duration);
          };
      private final FetchedKeySets keys =
          new FetchedKeySets(this, issuer -> fetch(), clock, pause, this::inBackground);
      private boolean busy;
      private Instant readAt = Instant.MIN;

      /** A refresh needs its instance, which must be idle. */
      private void inBackground(Runnable task) {
        background.add(() -> {
          if (busy) {
            background.add(task);
            return;
          }
          busy = true;
          task.run();
          busy = false;
        });
      }

      private <T> T interrupted(Function<MemoryKeySetStore, T> access) {
        interrupt();
        var result = access.apply(store);
        interrupt();
        return result;
      }

      @Override
      public StoredKeySet read(String source) {
        var now = clock.instant();
        if (now.isBefore(readAt.plus(KeySetTimes.READ_PAUSE))) {
          report("an instance read twice within a second");
        }
        readAt = now;
        return interrupted(
            of -> has(Bug.READS_ARE_OF_A_MINUTE_AGO) ? old(source) : of.read(source));
      }

      private StoredKeySet old(String source) {
        var now = clock.instant();
        if (aMinuteAgo.isEmpty() || !now.isBefore(aMinuteAgoAt.plusSeconds(60))) {
          aMinuteAgo = Optional.of(store.read(source));
          aMinuteAgoAt = now;
        }
        return aMinuteAgo.get();
      }

      @Override
      public boolean reserveFetch(
          String source, Instant now, Instant fetchingUntil, Instant noFetchBefore) {
        var before = has(Bug.NO_PAUSE_AFTER_A_RESERVATION) ? now : noFetchBefore;
        var at = has(Bug.EVERY_INSTANCE_GETS_THE_RESERVATION) ? Instant.MAX : now;
        interrupt();
        boolean got = store.reserveFetch(source, at, fetchingUntil, before);
        if (got) {
          reserved(now);
        }
        interrupt();
        return got;
      }

      @Override
      public void put(
          String source,
          Instant fetchingUntil,
          String keys,
          Instant fetchedAt,
          Instant noFetchBefore) {
        interrupt();
        var before = has(Bug.NO_PAUSE_AFTER_A_FETCH) ? fetchedAt : noFetchBefore;
        if (has(Bug.A_LAPSED_RESERVATION_STORES_ITS_SET)) {
          store.fill(source, keys, fetchedAt, before);
        } else {
          store.put(source, fetchingUntil, keys, fetchedAt, before);
        }
        if (store.read(source).fetchedAt().equals(Optional.of(fetchedAt))) {
          stored(fetchedAt);
        }
        interrupt();
      }

      @Override
      public void failed(String source, Instant fetchingUntil, Instant noFetchBefore) {
        interrupt();
        store.failed(source, fetchingUntil, noFetchBefore);
        if (has(Bug.A_FAILED_FETCH_REMOVES_THE_KEYS)) {
          store.fill(source, "{}", clock.instant(), noFetchBefore);
        }
        interrupt();
      }
    }
  }
}
