package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Audit, reconcile and errors, over DynamoDB Local. */
class ChatgateTest {
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  private final TestClock clock = new TestClock(Instant.now().minus(Duration.ofHours(30)));
  private final TenantId tenant = new TenantId("operated-" + TENANTS.incrementAndGet());
  private final Random random = new Random(TENANTS.get());

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start(Tables.LOCAL);
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static Result run(String... line) {
    var arguments = new ArrayList<>(List.of(line));
    arguments.add("--local");
    return CommandRunner.of(local).run(arguments.toArray(String[]::new));
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
  void aDeadCallIsADifferenceUntilReconciled() {
    called(100);
    granted(400);
    var before = audit();
    assertEquals(1, before.exitCode(), before.err());
    assertEquals(1, before.lines().size());
    assertTrue(before.lines().getFirst().startsWith(tenant.value() + ": still held: entry "));
    var run = run("reconcile");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("orphaned"), run.out());
    assertEquals(new Result(0, "", "Audited 1 tenant: 0 differences.\n"), audit());
  }

  @Test
  void auditOfAnUnknownTenantIsAnError() {
    called(100);
    var sentence = "Tenant unknown does not exist: it has no configuration, counters or records.\n";
    assertEquals(new Result(2, "", sentence), run("audit", "unknown"));
    assertEquals(new Result(2, "", sentence), run("audit", tenant.value(), "unknown", "--json"));
    assertEquals(
        "Audited 1 tenant: 0 differences.\n", run("audit", tenant.value(), tenant.value()).err());
  }

  /** Counters that were lost are differences: the records alone make a tenant. */
  @Test
  void aTenantWithRecordsOnlyIsAudited() {
    called(100);
    local
        .client()
        .deleteItem(request ->
            request
                .tableName(local.tables().quota())
                .key(
                    Map.of(Tables.HASH_KEY, AttributeValue.fromS(QuotaKey.of(tenant).toString()))));
    assertEquals(1, audit().exitCode());
    assertEquals(0, run("usage", "report", "--tenant", tenant.value()).exitCode());
  }

  @Test
  void auditCoversAllTenantsByDefault() {
    called(100);
    run("reconcile");
    var result = run("audit");
    assertTrue(result.exitCode() < 2, result.err());
    assertTrue(result.err().startsWith("Audited "), result.err());
  }

  @Test
  void aDeletedRecordIsReported() {
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
        result.lines().stream().anyMatch(line -> line.contains(": record missing: ")),
        result.out());
  }

  @Test
  void aWrongDayRowIsReported() {
    called(100);
    var first = day();
    clock.advance(Duration.ofDays(1));
    called(60);
    assertEquals(0, run("reconcile").exitCode());
    assertEquals(0, audit().exitCode());
    new DynamoDayRows(local.client(), local.tables())
        .putIfAbsent(new DayRow(tenant, 0, first, "m", 3, new UsageTotals(1, 1, 0, 0, 0, 0)));
    var result = audit();
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(
        List.of(
            tenant.value()
                + ": day's row off: "
                + first
                + " m: requests counted 2, recorded 1; prompt tokens counted 51, recorded 50"),
        result.lines());
  }

  @Test
  void anUnreachableStoreIsAnErrorOnOneLine() {
    var away = LocalDynamoDb.start();
    away.close();
    for (var command :
        List.of("audit", "reconcile", "tenant list", "price list", "key list acme", "audit acme")) {
      var result = CommandRunner.of(away).run((command + " --local").split(" "));
      assertEquals(2, result.exitCode());
      assertEquals("", result.out());
      assertEquals(1, result.err().lines().count(), result.err());
    }
  }

  @Test
  void auditOfMissingTablesIsAnError() {
    var empty = LocalDynamoDb.start(new Tables("other-tenants", "other-quota", "other-usage"));
    try (empty) {
      var result = CommandRunner.of(empty).run("--local", "audit");
      assertEquals(2, result.exitCode());
      assertTrue(result.err().contains("ResourceNotFound"), result.err());
    }
  }

  @Test
  void invalidArgumentsAreAnErrorOnOneLine() {
    assertTrue(wrong("audit").contains("--stack"));
    assertTrue(wrong("audit", "--unknown").contains("--unknown"));
    assertTrue(wrong("frobnicate").contains("frobnicate"));
    assertTrue(wrong("audit", "--local", "--stack", "s").contains("--stack"));
  }

  @Test
  void aCommandWithoutItsSubcommandPrintsItsHelp() {
    for (var line :
        List.of(new String[] {}, new String[] {"tenant"}, new String[] {"tenant", "tier"})) {
      var result = new CommandRunner().run(line);
      var help = Stream.concat(Stream.of(line), Stream.of("--help")).toArray(String[]::new);
      assertEquals(new Result(2, "", new CommandRunner().run(help).out()), result);
    }
  }

  @Test
  void anInvalidValueIsNamedWithoutTheNamesOfClasses() {
    var id = "'Acme Corp' is not valid: a tenant id is 1 to 64 letters";
    assertTrue(wrong("tenant", "show", "Acme Corp").startsWith("Invalid TENANT: " + id));
    assertEquals(
        "Invalid value for option '--top': 'many' is not a whole number. See: chatgate usage report"
            + " --help\n",
        wrong("usage", "report", "--top", "many"));
    assertEquals(
        "Invalid value for option '--scope': 'all' is not a scope (expected calls, client_secrets,"
            + " usage, end_user_header). See: chatgate key create --help\n",
        wrong("key", "create", "acme", "--name", "n", "--scope", "all"));
    assertTrue(
        wrong("usage", "report", "--by").contains("'--by'"), wrong("usage", "report", "--by"));
    for (var line :
        List.of(
            "tenant create acme --warn-at x",
            "tenant create acme --tokens-per-day x",
            "tenant create acme --cost-per-month-usd x",
            "price set m --prompt x --completion 1",
            "price set m --prompt 1 --completion 1 --tier x",
            "price set m --prompt 1 --completion 1 --from x",
            "key create acme --name n --expires x",
            "usage report --by x",
            "usage report --to x",
            "usage tail --every x",
            "usage correct id --prompt-tokens x --completion-tokens 1 --reason r",
            "audit --reconcile-seconds x",
            "user show acme ÿ")) {
      var error = wrong(line.split(" "));
      assertFalse(error.contains("java.") || error.contains("picocli"), error);
      assertTrue(error.startsWith("Invalid "), error);
    }
  }

  @Test
  void aMistypedWordGetsSuggestionsThatDifferInFewCharacters() {
    assertEquals(
        "Unknown command: 'tennant'. Did you mean: tenant? See: chatgate --help\n",
        wrong("tennant", "list"));
    assertEquals(
        "Unknown command: 'lst'. Did you mean: list? See: chatgate tenant --help\n",
        wrong("tenant", "lst"));
    assertEquals(
        "Unknown option: '--tokens-per-dya'. Did you mean: --tokens-per-day? See: chatgate tenant"
            + " create --help\n",
        wrong("tenant", "create", "acme", "--tokens-per-dya", "5"));
    assertEquals(
        "Unknown command: 'frobnicate'. See: chatgate --help\n", wrong("frobnicate", "now"));
    assertEquals(
        "Unexpected argument: 'acme'. See: chatgate tenant list --help\n",
        wrong("tenant", "list", "acme"));
  }

  private static String wrong(String... line) {
    var result = new CommandRunner().run(line);
    assertEquals(2, result.exitCode());
    assertEquals(1, result.err().lines().count(), result.err());
    return result.err();
  }

  @Test
  void helpExitsWithZero() {
    for (var line :
        List.of(
            List.of("--help"), List.of("audit", "--help"), List.of("tenant", "set", "--help"))) {
      var result = new CommandRunner().run(line.toArray(String[]::new));
      assertEquals(0, result.exitCode());
      assertTrue(result.out().contains("--local"), result.out());
    }
  }

  @Test
  void commonOptionsAreExplainedOnce() {
    var explanation = "CloudFormation stack of the deployment";
    assertTrue(new CommandRunner().run("--help").out().contains(explanation));
    var help = new CommandRunner().run("tenant", "create", "--help").out();
    assertFalse(help.contains(explanation), help);
    assertFalse(help.contains("[--local]"), help);
    assertTrue(help.contains("--local, --profile, --region, --stack\n"), help);
    assertTrue(help.contains("--tokens-per-day"), help);
  }

  @Test
  void helpIsACommandToo() {
    assertEquals(
        new CommandRunner().run("usage", "report", "--help"),
        new CommandRunner().run("help", "usage", "report"));
    assertEquals(new CommandRunner().run("--help"), new CommandRunner().run("help"));
    assertTrue(wrong("help", "frobnicate").contains("Unknown command: 'frobnicate'."));
  }

  @Test
  void theVersionIsPrinted() {
    var result = new CommandRunner().run("--version");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(
        result
            .out()
            .matches(
                "chatgate [0-9]+\\.[0-9]+\\.[0-9]+\\S* \\(commit ([0-9a-f]{12}|unknown)\\)\\R"),
        result.out());
  }

  @Test
  void everyCommandHasAnExampleThatParses() {
    var examples = new ArrayList<String>();
    collectExamples(commandLine(), examples);
    for (var example : examples) {
      if (example.startsWith("chatgate ")) {
        var arguments = example.substring("chatgate ".length()).split(" ");
        commandLine().parseArgs(arguments);
      }
    }
  }

  private static CommandLine commandLine() {
    return new CommandRunner().commandLine(new StringWriter(), new StringWriter());
  }

  /** Collects examples without line continuations and redirections. */
  private static void collectExamples(CommandLine command, List<String> examples) {
    var help = command.getCommandSpec().usageMessage();
    var example = String.join(" ", help.footer()).replace("\\", "").replaceAll(" <[^(].*", "");
    assertFalse(example.isBlank(), command.getCommandSpec().qualifiedName());
    examples.addAll(List.of(example.strip().replaceAll(" +", " ").split(" (?=chatgate )")));
    command.getSubcommands().values().forEach(sub -> collectExamples(sub, examples));
  }

  @Test
  void theStartScriptReportsAMissingBuild(@TempDir Path folder)
      throws IOException, InterruptedException {
    var script = folder.resolve("chatgate");
    Files.copy(Path.of("chatgate"), script, StandardCopyOption.COPY_ATTRIBUTES);
    var process = new ProcessBuilder(script.toString(), "--help").redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor());
    assertEquals(1, output.lines().count(), output);
  }
}
