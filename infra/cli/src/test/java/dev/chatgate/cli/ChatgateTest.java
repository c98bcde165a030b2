package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.LocalDynamoDb;
import dev.chatgate.aws.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.QuotaLedger;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.TestClock;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.Tally;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The commands over DynamoDB Local, found as an operator finds it. */
class ChatgateTest {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  private final TestClock clock = new TestClock(Instant.now().minus(Duration.ofHours(30)));
  private final TenantId tenant = new TenantId("operated-" + TENANTS.incrementAndGet());
  private final Random random = new Random(TENANTS.get());

  private record Result(int exitCode, List<String> out, String err) {}

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static Result run(Map<String, String> environment, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        Chatgate.commandLine(environment)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Result(exitCode, out.toString().lines().toList(), err.toString());
  }

  private static Result run(String... arguments) {
    var all =
        new ArrayList<>(
            List.of(
                "--tenants-table", local.tables().tenants(),
                "--quota-table", local.tables().quota()));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--local", "--usage-table", local.tables().usage()));
    var port = Integer.toString(local.endpoint().getPort());
    return run(Map.of("CHATGATE_AWS_PORT", port), all.toArray(String[]::new));
  }

  private Result audit() {
    return run("audit", tenant.value());
  }

  private QuotaLedger ledger() {
    return new QuotaLedger(
        new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT),
        new DynamoUsageRecords(
            local.client(), local.tables(), TIMEOUT, DynamoUsageRecords.KEPT_FOR),
        clock,
        random,
        clock,
        LedgerListener.NONE);
  }

  private Reservation granted(long tokens) {
    var claim =
        Calls.claim(
            random, tenant, Calls.limits().quota(), tokens, clock.instant().plusSeconds(60));
    return assertInstanceOf(Granted.class, ledger().admit(claim)).reservation();
  }

  private void called(long tokens) {
    ledger()
        .settle(granted(tokens), Calls.used(tokens), Calls.FACTS, clock.instant().plusSeconds(60));
  }

  private LocalDate day() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  @Test
  void aDeadCallIsDifferenceUntilItIsReconciled() {
    called(100);
    granted(400);
    var before = audit();
    assertEquals(1, before.exitCode(), before.err());
    assertEquals(1, before.out().size());
    assertTrue(before.out().getFirst().startsWith(tenant.value() + ": still held: entry "));
    var run = run("reconcile");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().getFirst().contains("orphaned"), run.out().toString());
    assertEquals(new Result(0, List.of(), "1 tenants audited, 0 differences.\n"), audit());
  }

  @Test
  void everyTenantIsAuditedIfNoneIsNamed() {
    called(100);
    run("reconcile");
    var result = run("audit");
    assertTrue(result.exitCode() < 2, result.err());
    assertTrue(result.err().contains("tenants audited"), result.err());
  }

  @Test
  void aRecordThatWasDeletedIsNamed() {
    called(100);
    called(60);
    var items =
        local
            .client()
            .query(query ->
                query
                    .tableName(local.tables().usage())
                    .keyConditionExpression("pk = :pk")
                    .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(tenant.value()))))
            .items();
    var one = items.getFirst();
    local
        .client()
        .deleteItem(delete ->
            delete
                .tableName(local.tables().usage())
                .key(
                    Map.of(
                        Tables.HASH_KEY,
                            one.getOrDefault(Tables.HASH_KEY, AttributeValue.fromS("")),
                        Tables.RANGE_KEY,
                            one.getOrDefault(Tables.RANGE_KEY, AttributeValue.fromS("")))));
    var result = audit();
    assertEquals(1, result.exitCode(), result.err());
    assertTrue(
        result.out().stream().anyMatch(line -> line.contains(": record missing: ")),
        result.out().toString());
  }

  @Test
  void aDaysRowThatIsOffIsNamed() {
    called(100);
    var first = day();
    clock.advance(Duration.ofDays(1));
    called(60);
    assertEquals(0, run("reconcile").exitCode());
    assertEquals(0, audit().exitCode());
    new DynamoDayRows(local.client(), local.tables())
        .putIfAbsent(new DayRow(tenant, first, "m", 3, new Tally(1, 1, 0, 0, 0, 0)));
    var result = audit();
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(
        List.of(
            tenant.value()
                + ": day's row off: "
                + first
                + " m: requests counted 2, recorded 1; prompt tokens counted 51, recorded 50"),
        result.out());
  }

  @Test
  void whatCannotRunSaysWhyInOneSentenceAndEndsWithTwo() {
    var away = LocalDynamoDb.start();
    away.close();
    var port = Integer.toString(away.endpoint().getPort());
    for (var command : List.of("audit", "reconcile")) {
      var result = run(Map.of("CHATGATE_AWS_PORT", port), command, "--local");
      assertEquals(2, result.exitCode());
      assertEquals(List.of(), result.out());
      assertEquals(1, result.err().lines().count(), result.err());
    }
  }

  @Test
  void tablesThatAreNotThereCannotBeAudited() {
    var port = Integer.toString(local.endpoint().getPort());
    assertEquals(2, run(Map.of("CHATGATE_AWS_PORT", port), "--local", "audit").exitCode());
  }

  @Test
  void whatIsWrongWithTheLineIsSaidInOneSentence() {
    assertTrue(wrong("audit").contains(Tables.TENANTS_VARIABLE));
    assertTrue(wrong("audit", "--unknown").contains("--unknown"));
    assertTrue(wrong("frobnicate").contains("frobnicate"));
    wrong();
  }

  private static String wrong(String... line) {
    var result = run(Map.of(), line);
    assertEquals(2, result.exitCode());
    assertEquals(1, result.err().lines().count(), result.err());
    return result.err();
  }

  @Test
  void helpIsNoFailure() {
    for (var line : List.of(List.of("--help"), List.of("audit", "--help"))) {
      var result = run(Map.of(), line.toArray(String[]::new));
      assertEquals(0, result.exitCode());
      assertTrue(result.out().toString().contains("--local"), result.out().toString());
    }
  }

  @Test
  void theScriptSaysWhatIsMissingIfNothingIsBuilt(@TempDir Path folder)
      throws IOException, InterruptedException {
    var script = folder.resolve("chatgate");
    Files.copy(Path.of("chatgate"), script, StandardCopyOption.COPY_ATTRIBUTES);
    var process = new ProcessBuilder(script.toString(), "--help").redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor());
    assertEquals(1, said.lines().count(), said);
  }
}
