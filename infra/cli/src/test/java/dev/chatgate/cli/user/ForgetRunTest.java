package dev.chatgate.cli.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.user.ForgetRun.Outcome;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageRecord.Kind;
import dev.chatgate.usage.UsageTotals;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Removing an end user from records, with interruptions and records of other releases. */
class ForgetRunTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Tenant ACME = TenantJson.readOne("{\"id\":\"acme\"}").tenant();
  private static final EndUser ANN = new EndUser("ann");
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final LocalDate FIRST = LocalDate.parse("2026-11-15");

  private final LocalDynamoDb dynamo = LocalDynamoDb.start();
  private final TestClock clock = new TestClock(NOW);
  private final StringWriter err = new StringWriter();
  private final AtomicInteger changesUntilTheStoreFails = new AtomicInteger(Integer.MAX_VALUE);
  private final DynamoUsageRecords records = records(dynamo.client(new Failing()));

  /** The store answers no change after some. */
  private final class Failing implements ExecutionInterceptor {
    @Override
    public void beforeExecution(
        Context.BeforeExecution context, ExecutionAttributes executionAttributes) {
      if (context.request() instanceof UpdateItemRequest
          && changesUntilTheStoreFails.getAndDecrement() <= 0) {
        throw SdkClientException.create("the connection was closed");
      }
    }
  }

  @AfterEach
  void stop() {
    dynamo.close();
  }

  private DynamoUsageRecords records(DynamoDbClient client) {
    return new DynamoUsageRecords(client, dynamo.tables(), TIMEOUT, DynamoUsageRecords.KEPT_FOR);
  }

  private ForgetRun run() {
    var environment =
        new CommandEnvironment(
            Map.of(),
            new ByteArrayInputStream(new byte[0]),
            false,
            new PrintWriter(err, true),
            new PrintWriter(err, true),
            false,
            Optional::empty,
            clock,
            new Random(1),
            clock);
    var quota = new DynamoQuotaTable(dynamo.client(), dynamo.tables(), TIMEOUT);
    var usage = new UsageReader(quota, new DynamoDayRows(dynamo.client(), dynamo.tables()), clock);
    return new ForgetRun(records, usage, environment.err(), new Progress(environment), ACME, ANN);
  }

  /** Writes a record of a call; without an ID of an end user, of one that died. */
  private UsageRecord.Key record(Instant at, int number, Optional<String> id, EndUserHash hash) {
    var key = new UsageRecord.Key(ACME.id(), at, "call%08d".formatted(number));
    var day = LocalDate.ofInstant(at, ZoneOffset.UTC);
    var facts =
        new CallFacts(200, Optional.empty(), false, 0, "m", Optional.empty(), Duration.ofMillis(5));
    var call =
        id.map(user ->
            new Call(
                "req", "key", Optional.of(user), facts, 1, 1, Optional.empty(), Optional.empty()));
    records.decide(
        new UsageRecord(
            key,
            call.isPresent() ? Kind.CALL : Kind.ORPHANED,
            3,
            day,
            "m",
            7,
            new UsageTotals(1, 10, 0, 5, 15, 0),
            20,
            20,
            5,
            false,
            at.plusSeconds(5),
            Optional.empty(),
            call,
            Optional.of(new EndUserShare(hash, 4, day, day, 6))));
    return key;
  }

  private static EndUserHash hash(String id) {
    return EndUserHash.of(ACME.id(), new EndUser(id));
  }

  private long named() {
    var found = new ArrayList<UsageRecord>();
    records.forEach(ACME.id(), Instant.EPOCH, NOW.plusSeconds(1), found::add);
    return found.stream().filter(record -> record.endUser().isPresent()).count();
  }

  @Test
  void anInterruptedRunIsCompletedByAnother() {
    for (int day = 0; day < 4; day++) {
      for (int call = 0; call < 2; call++) {
        var at = FIRST.plusDays(day).atStartOfDay(ZoneOffset.UTC).toInstant().plusSeconds(call);
        record(at, 10 * day + call, Optional.of("ann"), hash("ann"));
      }
    }
    changesUntilTheStoreFails.set(3);
    assertThrows(StoreUnavailableException.class, () -> run().run(FIRST, NOW));
    assertEquals(
        "Stopped at the records of 2026-11-16, after 2 changes. To continue: the same command with"
            + " --from 2026-11-16\n",
        err.toString());
    assertEquals(5, named());

    changesUntilTheStoreFails.set(Integer.MAX_VALUE);
    assertEquals(5, run().run(FIRST.plusDays(1), NOW).removed());
    assertEquals(0, named());
    assertEquals(new Outcome(0, 0, NOW.plus(Duration.ofMinutes(20))), run().run(FIRST, NOW));
  }

  /** The hash is short: of two end users with the same one, the ID in the record decides. */
  @Test
  void onlyRecordsOfTheEndUserAreChanged() {
    var at = NOW.minus(Duration.ofDays(1));
    record(at, 1, Optional.of("bob"), hash("ann"));
    record(at, 2, Optional.empty(), hash("bob"));
    record(at, 3, Optional.empty(), hash("ann"));
    record(at, 4, Optional.of("ann"), hash("ann"));
    assertEquals(2, run().run(FIRST, NOW).removed());
    assertEquals(2, named());
  }

  @Test
  void theLastSecondsAreNotSkippedAtTheBoundaryOfWhatIsLeft() {
    record(NOW.minus(Duration.ofMinutes(20)), 1, Optional.of("ann"), hash("ann"));
    record(NOW.minus(Duration.ofMinutes(20)).minusSeconds(1), 2, Optional.of("ann"), hash("ann"));
    var outcome = run().run(FIRST, NOW);
    assertEquals(1, outcome.removed());
    assertEquals(1, outcome.left());
    assertEquals(2, outcome.lines().size());
  }

  @Test
  void allElseInTheRecordStays() {
    var key = record(NOW.minus(Duration.ofDays(1)), 1, Optional.of("ann"), hash("ann"));
    var later = AttributeValue.fromM(Map.of("a", AttributeValue.fromL(List.of())));
    var item = dynamo.client().scan(scan -> scan.tableName("usage")).items().getFirst();
    var withMore = new HashMap<>(item);
    withMore.put("later_map", later);
    dynamo.client().putItem(put -> put.tableName("usage").item(withMore));
    var before = records.find(key).orElseThrow();

    assertEquals(1, run().run(FIRST, NOW).removed());

    var after = dynamo.client().scan(scan -> scan.tableName("usage")).items().getFirst();
    assertEquals(later, after.get("later_map"));
    assertTrue(after.keySet().stream().noneMatch(name -> name.startsWith("end_user")));
    assertEquals(withMore.size() - 6, after.size());
    assertEquals("3", Objects.requireNonNull(after.get("attempt")).n());
    var read = records.find(key).orElseThrow();
    assertEquals(before.charged(), read.charged());
    assertEquals(Optional.empty(), read.endUser());
    assertEquals(Optional.empty(), read.call().orElseThrow().endUser());
    assertEquals(before.call().orElseThrow().facts(), read.call().orElseThrow().facts());
  }

  @Test
  void thePriceIsThatOfAllCallsOfThePeriod() {
    var rows = new DynamoDayRows(dynamo.client(), dynamo.tables());
    for (var day : List.of("2025-12-01", "2026-11-15", "2026-11-19")) {
      rows.putIfAbsent(
          new DayRow(
              new TenantId("acme"),
              0,
              LocalDate.parse(day),
              "m",
              0,
              new UsageTotals(2_000_000, 1, 1, 1, 1, 0)));
    }
    assertTrue(
        run()
            .price(ForgetRun.oldestDay(NOW), NOW)
            .startsWith("This reads about 6,000,000 records"));
    assertEquals(
        "This reads about 4,000,000 records of tenant acme, for about $0.12, and changes those of the"
            + " end user, for at most $1.25 per million.",
        run().price(FIRST, NOW));
  }
}
