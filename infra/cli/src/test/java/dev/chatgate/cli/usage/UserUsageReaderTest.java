package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.usage.Report.UserUsage;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.ModelPrice.Tier;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageRecord.Corrected;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageRecords;
import dev.chatgate.usage.UsageTotals;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Usage by person: exact for any number of persons, in bounded memory. */
class UserUsageReaderTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 20);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private final MemoryUsageRecords records = new MemoryUsageRecords();
  private int made;

  private static Progress progress() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    return new Progress(
        new CommandEnvironment(
            Map.of(),
            InputStream.nullInputStream(),
            false,
            nowhere,
            nowhere,
            false,
            Optional::empty,
            InstantSource.system(),
            new Random(1),
            Pause.SLEEP));
  }

  private static UserUsageReader reader(UsageRecords from, int top, int capacity) {
    return new UserUsageReader(from, top, capacity, progress());
  }

  private static UsageTotals tokens(long calls, long tokens) {
    return new UsageTotals(calls, tokens, 0, 0, 2 * tokens, 0);
  }

  private static UsageFigures figures(long calls, long tokens) {
    return UsageFigures.priced(tokens(calls, tokens));
  }

  private static Call call(Optional<String> user) {
    var facts =
        new CallFacts(
            200, Optional.empty(), false, 0, "m", Optional.empty(), Duration.ofSeconds(1));
    return new Call("req", "web", user, facts, 1, 1, Optional.empty(), Optional.empty());
  }

  private static UsageRecord record(
      Kind kind,
      String id,
      Instant at,
      LocalDate day,
      UsageTotals charged,
      Optional<Corrected> corrected,
      Optional<Call> call) {
    return new UsageRecord(
        new UsageRecord.Key(TENANT, at, id),
        kind,
        0,
        day,
        "m",
        0,
        charged,
        0,
        0,
        0,
        false,
        at,
        corrected,
        call);
  }

  private UsageRecord add(Kind kind, Instant at, LocalDate day, long tokens, Optional<Call> call) {
    var id = "%012d".formatted(made++);
    var record = record(kind, id, at, day, tokens(1, tokens), Optional.empty(), call);
    records.decide(record);
    return record;
  }

  private UsageRecord add(String user, long tokens) {
    return add(Kind.CALL, NOON, DAY, tokens, Optional.of(call(Optional.of(user))));
  }

  private void correct(UsageRecord corrected, long tokens, Optional<Call> call) {
    records.decide(
        record(
            Kind.CORRECTION,
            "%012d".formatted(made++),
            NOON.plusSeconds(60),
            DAY,
            tokens(0, tokens),
            Optional.of(new Corrected(corrected.key(), corrected.day(), Optional.empty())),
            call));
  }

  private List<UserUsage> read(int top, int capacity) {
    return reader(records, top, capacity).read(TENANT, DAY, DAY);
  }

  private static UserUsage person(String id, long calls, long tokens) {
    return new UserUsage(Optional.of(id), 1, figures(calls, tokens));
  }

  private static UserUsage without(long users, long calls, long tokens) {
    return new UserUsage(Optional.empty(), users, figures(calls, tokens));
  }

  @Test
  void withoutRecordsThereAreNoRows() {
    assertEquals(List.of(), read(10, 10));
  }

  @Test
  void personsWithTheSameTokensAreSortedById() {
    add("b", 5);
    add("c", 9);
    add("a", 5);
    assertEquals(List.of(person("c", 1, 9), person("a", 1, 5), person("b", 1, 5)), read(3, 10));
    assertEquals(List.of(person("c", 1, 9), person("a", 1, 5), without(1, 1, 5)), read(2, 10));
  }

  @Test
  void aPersonNamedLikeASumIsAPerson() {
    add("(none)", 5);
    add("(other)", 4);
    add(Kind.ORPHANED, NOON, DAY, 3, Optional.empty());
    assertEquals(
        List.of(person("(none)", 1, 5), person("(other)", 1, 4), without(0, 1, 3)), read(2, 10));
  }

  @Test
  void orphansAndCallsOfAKeyAloneHaveNoPerson() {
    add(Kind.ORPHANED, NOON, DAY, 3, Optional.empty());
    add(Kind.CALL, NOON, DAY, 4, Optional.of(call(Optional.empty())));
    assertEquals(List.of(without(0, 2, 7)), read(1, 1));
  }

  @Test
  void callsWithoutAPriceAreCounted() {
    var free = new UsageTotals(1, 5, 0, 0, 0, 0);
    var priced = new UsageRecord.PriceUsed(DAY, new Tier(0, 0, OptionalLong.empty(), 0));
    for (var price : List.of(Optional.<UsageRecord.PriceUsed>empty(), Optional.of(priced))) {
      var plain = call(Optional.of("a"));
      var call =
          new Call(
              plain.requestId(),
              "web",
              plain.endUser(),
              plain.facts(),
              1,
              1,
              Optional.empty(),
              price);
      var id = "%012d".formatted(made++);
      records.decide(record(Kind.CALL, id, NOON, DAY, free, Optional.empty(), Optional.of(call)));
    }
    assertEquals(
        List.of(new UserUsage(Optional.of("a"), 1, new UsageFigures(free.plus(free), 1))),
        read(1, 1));
  }

  @Test
  void aReleasedRecordIsNotCounted() {
    add(Kind.RELEASED, NOON, DAY, 3, Optional.of(call(Optional.of("a"))));
    assertEquals(List.of(), read(1, 1));
  }

  @Test
  void aRecordOfAnUnknownKindIsCounted() {
    add(Kind.UNKNOWN, NOON, DAY, 3, Optional.of(call(Optional.of("a"))));
    assertEquals(List.of(person("a", 1, 3)), read(1, 1));
  }

  @Test
  void aCorrectionCountsForThePersonOfTheCorrectedCall() {
    correct(add("a", 10), -4, Optional.empty());
    assertEquals(List.of(person("a", 1, 6)), read(1, 1));
  }

  @Test
  void aCorrectionByTheCallItselfCountsForItsPerson() {
    var orphan = add(Kind.ORPHANED, NOON, DAY, 10, Optional.empty());
    correct(orphan, -4, Optional.of(call(Optional.of("a"))));
    assertEquals(List.of(person("a", 0, -4), without(0, 1, 10)), read(1, 1));
  }

  @Test
  void aCorrectionOfADeletedRecordHasNoPerson() {
    var deleted =
        record(
            Kind.CALL,
            "gone",
            NOON,
            DAY,
            tokens(1, 1),
            Optional.empty(),
            Optional.of(call(Optional.of("a"))));
    correct(deleted, 2, Optional.empty());
    assertEquals(List.of(without(0, 0, 2)), read(1, 1));
  }

  @Test
  void aRecordCountsOnItsDayAndNotOnThatOfItsTime() {
    var call = Optional.of(call(Optional.of("a")));
    var start = DAY.atStartOfDay(ZoneOffset.UTC).toInstant();
    var end = start.plus(Duration.ofDays(1));
    add(Kind.CALL, start.minusSeconds(1), DAY, 1, call);
    add(Kind.CALL, start, DAY.minusDays(1), 10, call);
    add(Kind.CALL, end.plusSeconds(1200), DAY, 100, call);
    add(Kind.CALL, end.minusSeconds(1), DAY.plusDays(1), 1000, call);
    assertEquals(List.of(person("a", 2, 101)), read(1, 1));
  }

  @Test
  void everySumIsExactWithAnyNumberOfPasses() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var sums = new TreeMap<String, UsageFigures>();
    for (int i = 0; i < 2_000; i++) {
      var user = "u" + random.nextInt(300);
      long tokens = random.nextInt(50);
      add(user, tokens);
      sums.merge(user, figures(1, tokens), UsageFigures::plus);
    }
    var sorted =
        sums.entrySet().stream()
            .map(sum -> new UserUsage(Optional.of(sum.getKey()), 1, sum.getValue()))
            .sorted(
                Comparator.comparingLong((UserUsage user) -> -user.figures().tokens())
                    .thenComparing(UserUsage::name))
            .toList();
    for (int capacity : List.of(1, 7, sums.size() - 1, sums.size(), 1_000)) {
      int top = 1 + random.nextInt(sums.size() + 10);
      var expected = new ArrayList<>(sorted.subList(0, Math.min(top, sorted.size())));
      if (top < sorted.size()) {
        var rest =
            sorted.stream()
                .skip(top)
                .map(UserUsage::figures)
                .reduce(UsageFigures.ZERO, UsageFigures::plus);
        expected.add(new UserUsage(Optional.empty(), sorted.size() - top, rest));
      }
      assertEquals(expected, read(top, capacity), "seed " + seed + ", capacity " + capacity);
    }
  }

  @Test
  void aPassKeepsNoMorePersonsThanItsCapacity() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var pass = new UserPass("", 10);
    for (int i = 0; i < 10_000; i++) {
      pass.add(Optional.of(Integer.toString(random.nextInt())), figures(1, 1));
      assertTrue(pass.sums().size() <= 10, "seed " + seed);
    }
    assertTrue(pass.next().orElseThrow().compareTo(pass.sums().lastKey()) > 0, "seed " + seed);
  }

  @Test
  void manyPersonsAreSummedInPassesOverStreamedRecords() {
    int persons = 60_000;
    var stream = new GeneratedRecords(persons);
    var usage = reader(stream, 2, 20_000).read(TENANT, DAY, DAY);
    assertEquals(
        List.of(
            new UserUsage(Optional.of("person-000000"), 1, figures(4, 4L * persons)),
            new UserUsage(Optional.of("person-000001"), 1, figures(4, 4L * (persons - 1))),
            new UserUsage(
                Optional.empty(),
                persons - 2,
                figures(4L * (persons - 2), 2L * (persons - 2) * (persons - 1)))),
        usage);
    assertEquals(3, stream.reads, "one read for each 20,000 persons");
  }

  /**
   * Four calls of each person, made while they are read; a person with a lower number uses more.
   */
  private static final class GeneratedRecords implements UsageRecords {
    private static final int ROUNDS = 4;

    private final int persons;
    private int reads;

    GeneratedRecords(int persons) {
      this.persons = persons;
    }

    @Override
    public Decision decide(UsageRecord record) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<UsageRecord> find(UsageRecord.Key key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
      if (from.isAfter(NOON) || !to.isAfter(NOON)) {
        return;
      }
      reads++;
      for (int i = 0; i < ROUNDS * persons; i++) {
        int person = i % persons;
        var call = call(Optional.of("person-%06d".formatted(person)));
        reader.accept(
            record(
                Kind.CALL,
                "id",
                NOON,
                DAY,
                tokens(1, persons - person),
                Optional.empty(),
                Optional.of(call)));
      }
    }
  }
}
