package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.Pause;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares a session of all commands, with valid and invalid input, with its transcript. Clock and
 * keys are fixed. With {@code -Dtranscript=write} the files are written instead of compared.
 */
class TranscriptTest {
  private static final Path FILES = Path.of("src", "test", "resources", "dev", "chatgate", "cli");
  private static final Path TRANSCRIPT = FILES.resolve("transcript.txt");
  private static final Path PAGE = FILES.resolve("usage.html");
  private static final boolean WRITE = "write".equals(System.getProperty("transcript"));

  /** Commands that {@code infra/policies/read.json} is for. */
  private static final List<String> READING =
      List.of(
          "audit",
          "info",
          "issuer list",
          "key list",
          "price list",
          "tenant list",
          "tenant show",
          "tenant tier list",
          "usage report",
          "usage tail",
          "user show");

  private static final ModelPrice PRICE =
      new ModelPrice(
          "fast",
          LocalDate.of(2026, 11, 1),
          List.of(new ModelPrice.Tier(0, 500_000, OptionalLong.of(50_000), 1_500_000)));

  private final TestClock clock = new TestClock(Instant.parse("2026-11-20T10:00:00Z"));
  private final FakeAws aws = new FakeAws(clock);
  private final Traffic traffic = new Traffic(aws.client(), clock);
  private final CommandRunner operator =
      new CommandRunner().with("CHATGATE_AWS_PORT", aws.port()).at(clock).pausing(clock).seeded(5);
  private final StringBuilder transcript = new StringBuilder();

  @TempDir private Path folder = Path.of("");

  @Test
  void theSessionMatchesTheTranscriptAndThePolicies() throws IOException {
    RecordedCalls.forget();
    session();
    assertAll(
        () -> compare(TRANSCRIPT, transcript.toString()),
        () -> matches("operate", RecordedCalls.of(_ -> true)),
        () -> matches("read", RecordedCalls.of(TranscriptTest::isReading)));
  }

  /**
   * A call that a policy does not allow fails the test, and so does an action without a call.
   * Requests without the SDK are not recorded: the stack is read by one, and doctor makes several,
   * which DoctorTest and DoctorAccountTest check.
   */
  private static void matches(String policy, Set<String> calls) throws IOException {
    var all = new TreeSet<>(calls);
    all.add("cloudformation:DescribeStacks Stack");
    if (policy.equals("operate")) {
      all.add("cloudformation:ListStackResources Stack");
      DoctorTest.LAMBDA_ACTIONS.forEach(
          action -> all.add(action + " arn:aws:lambda:*:*:function:chatgate-*"));
      DoctorAccountTest.ACCOUNT_ACTIONS.forEach(action -> all.add(action + " *"));
    }
    assertEquals(Policy.read(policy).actions(), all, policy);
  }

  private static boolean isReading(String line) {
    return READING.stream().anyMatch(line::startsWith);
  }

  private void session() throws IOException {
    var provider = provider();
    try (aws) {
      help();
      tenants();
      keys();
      issuers();
      prices();
      providerKey(provider);
      signingKey();
      usage();
      ledger();
      users();
      doors();
      deletion();
    } finally {
      provider.stop(0);
    }
  }

  private static void compare(Path file, String text) throws IOException {
    if (WRITE) {
      Files.createDirectories(FILES);
      Files.writeString(file, text);
    }
    var expected = Files.readString(file).lines().toList();
    var lines = text.lines().toList();
    int same = 0;
    while (same < Math.min(expected.size(), lines.size())
        && expected.get(same).equals(lines.get(same))) {
      same++;
    }
    assertEquals(
        some(expected, same),
        some(lines, same),
        "%s differs from line %d on; if the change is intended, run with -Dtranscript=write"
            .formatted(file.getFileName(), same + 1));
    assertEquals(Files.readString(file), text, "line ends");
  }

  /** Some lines of a text, from one on. */
  private static String some(List<String> lines, int from) {
    return String.join("\n", lines.subList(from, Math.min(lines.size(), from + 8)));
  }

  private static HttpServer provider() throws IOException {
    var provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/",
        exchange -> {
          var key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(key.endsWith("sk-good") ? 200 : 401, -1);
          exchange.close();
        });
    provider.start();
    return provider;
  }

  private Result execute(String line) {
    return execute(line, "");
  }

  /** Runs a command and appends it to the transcript. */
  private Result execute(String line, String piped) {
    var words = words(line + " --local");
    var result = operator.piping(piped).run(words.toArray(String[]::new));
    write(line, piped, result);
    return result;
  }

  /** Runs a command at a terminal, with these answers to its prompts. */
  private void executeAtTerminal(String line, String... answers) {
    operator.typing(answers);
    write(line, "", operator.run(words(line + " --local").toArray(String[]::new)));
    operator.piping("");
  }

  private void write(String line, String piped, Result result) {
    transcript.append(("$ chatgate " + line).stripTrailing());
    if (!piped.isEmpty()) {
      transcript.append(" <<< '").append(piped).append('\'');
    }
    transcript.append('\n').append(normal(result.out()));
    result
        .err()
        .lines()
        .forEach(errorLine -> transcript.append("! ").append(normal(errorLine)).append('\n'));
    if (result.exitCode() != 0) {
      transcript.append("[").append(result.exitCode()).append("]\n");
    }
    transcript.append('\n');
  }

  private String normal(String text) {
    return text.replace(folder.toString(), "FOLDER")
        .replaceAll("127\\.0\\.0\\.1:\\d{5}", "PROVIDER");
  }

  /** Splits a line at spaces outside of single quotes. */
  private List<String> words(String line) {
    var words = new ArrayList<String>();
    var parts = line.replace("FOLDER", folder.toString()).split("'", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i % 2 == 1) {
        words.add(parts[i]);
      } else if (!parts[i].isBlank()) {
        words.addAll(List.of(parts[i].strip().split(" +")));
      }
    }
    return words;
  }

  private void help() {
    for (var line :
        List.of(
            "--help",
            "tenant --help",
            "tenant create --help",
            "tenant tier --help",
            "tenant tier set --help",
            "tenant tier remove --help",
            "user --help",
            "user show --help",
            "user tier --help",
            "user block --help",
            "user forget --help",
            "key create --help",
            "key scopes --help",
            "issuer --help",
            "issuer add --help",
            "issuer list --help",
            "issuer remove --help",
            "price set --help",
            "provider-key set --help",
            "provider-key check --help",
            "signing-key list --help",
            "signing-key rotate --help",
            "edge-secret show --help",
            "edge-secret rotate --help",
            "edge-secret drop-old --help",
            "usage report --help",
            "usage tail --help",
            "usage correct --help",
            "info --help",
            "try --help",
            "doctor --help",
            "audit --help",
            "reconcile --help",
            "completion --help",
            "help --help",
            "",
            "tenant",
            "help tenant show",
            "help frobnicate",
            "frobnicate",
            "tenant crate acme",
            "tenant list --jsn",
            "tenant list --nonsense")) {
      execute(line);
    }
  }

  private void tenants() {
    execute("tenant list");
    execute(
        "tenant create acme --tokens-per-day 100000 --cost-per-month-usd 50 --alias fast=provider/x");
    execute("tenant create acme");
    execute(
        "tenant create beta --json -", "{\"id\":\"beta\",\"quota\":{\"requests_per_minute\":60}}");
    execute("tenant create gamma --json -", "{\"id\":\"delta\"}");
    execute("tenant create gamma --json -", "{\"quota\":{\"tokens\":1}}");
    execute("tenant create gamma --json - --models a", "{}");
    execute("tenant create gamma --json FOLDER/missing.json");
    execute("tenant create 'not a name'");
    execute("tenant set acme --models 'fast, provider/y' --origins https://app.example");
    execute("tenant set acme --require-end-user");
    execute("tenant set acme");
    execute("tenant set acme --tokens-per-day -1");
    execute("tenant set acme --cost-per-month-usd 0.0000001");
    execute("tenant set unknown --models a");
    execute("tenant show acme");
    execute("tenant show acme --json");
    execute("tenant show unknown");
    execute("tenant set acme --warn-at 80,95");
    execute("tenant set acme --warn-at 80,100,101");
    execute("tenant show acme");
    execute("tenant set acme --warn-at none");
    execute("tenant suspend beta");
    execute("tenant list");
    execute("tenant list --json");
    execute("tenant resume beta");
  }

  private void keys() {
    execute("key create acme --name web");
    execute("key create acme --name web");
    execute("key create acme --name ci --expires 90d");
    execute("key create acme --name old --expires 2026-01-01");
    execute("key create acme --name odd --expires soon");
    execute("key create acme");
    execute("key create unknown --name web");
    execute("key create acme --name minter --scope client_secrets");
    execute("key create acme --name odd --scope calls,everything");
    execute("key create acme --name odd --scope calls --scope calls");
    execute("key list acme");
    execute("key list acme --json");
    execute("key list unknown");
    execute("key scopes acme minter --scope client_secrets,usage");
    execute("key scopes acme minter");
    execute("key scopes acme nobody --scope calls");
    execute("key scopes unknown web --scope calls");
    execute("key list acme");
    execute("key revoke acme ci");
    executeAtTerminal("key revoke acme ci", "n");
    executeAtTerminal("key revoke acme ci", "y");
    execute("key revoke acme ci --yes");
  }

  private void issuers() {
    execute("issuer list acme");
    execute(
        "issuer add acme https://login.example/ --audience my-app --audience web"
            + " --require email_verified=true --require level=2 --require plan=pro");
    execute("issuer add acme https://login.example/ --audience other");
    execute("issuer add acme https://second.example --audience my-app");
    execute(
        "issuer add acme https://second.example --audience my-app --user-prefix s: --user-claim"
            + " /user/id --audience-claim client_id --jwks-uri https://second.example/keys");
    execute("issuer add beta https://login.example/ --audience web");
    execute("issuer add beta https://tiers.example --audience t --tier-claim /app_metadata/plan");
    execute("issuer list beta");
    execute("issuer remove beta https://tiers.example --yes");
    execute("issuer add beta http://login.example/ --audience web");
    execute("issuer add beta https://login.example/");
    execute("issuer add beta https://login.example/ --audience b --jwks a --jwks-uri https://b");
    execute("issuer add beta https://third.example --audience b --jwks -", "{\"keys\":[]}");
    execute(
        "issuer add beta https://third.example --audience b --jwks -",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"BB\",\"d\":\"CC\"}]}");
    execute(
        "issuer add beta https://third.example --audience b --jwks -",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"BB\"}]}");
    execute("issuer add unknown https://login.example/ --audience c");
    execute("issuer list acme");
    execute("issuer list acme --json");
    execute("issuer list beta");
    execute("issuer list unknown");
    execute("tenant show acme");
    execute("issuer remove acme https://login.example/");
    executeAtTerminal("issuer remove acme https://login.example/", "n");
    executeAtTerminal("issuer remove acme https://login.example/", "y");
    execute("issuer remove acme https://login.example/ --yes");
    execute("issuer remove unknown https://login.example/ --yes");
    execute("issuer remove acme https://second.example --yes");
    execute("issuer remove beta https://third.example --yes");
    execute("tenant set acme --no-require-end-user");
  }

  private void prices() {
    execute("price list");
    execute("price set fast --from 2026-11-01 --prompt 0.50 --cached 0.05 --completion 1.50");
    execute("price set fast --from 2026-11-01 --prompt 0.50 --cached 0.05 --completion 1.50");
    execute("price set fast --from 2026-11-01 --prompt 0.60 --completion 1.50");
    execute(
        "price set slow --prompt 1 --completion 4 --from 2026-12-01"
            + " --tier above=200000,prompt=2,completion=8");
    execute("price set slow --prompt 1");
    execute("price set slow --prompt cheap --completion 4");
    execute("price set slow --prompt 1 --completion 4 --tier above=many");
    execute("price set slow --prompt 1 --completion 4 --from tomorrow");
    execute(
        "price set --json -",
        "[{\"model\":\"big\",\"from\":\"2026-11-01\",\"prompt_usd_per_million\":3,"
            + "\"completion_usd_per_million\":9}]");
    execute("price set --json -", "[{\"model\":\"big\"}]");
    execute("price list");
    execute("price list --json");
  }

  private void providerKey(HttpServer provider) {
    var check = "provider-key check --base-url http://127.0.0.1:" + provider.getAddress().getPort();
    execute("provider-key check");
    execute("provider-key set", "sk-bad\n");
    line(check);
    execute("provider-key set sk-argument");
    execute("provider-key set", " \n");
    executeAtTerminal("provider-key set", "sk-good");
    line(check);
    execute(check.replaceAll("http://127.*", "ftp://provider.example"));
    execute("provider-key check");
    execute("provider-key check --json");
  }

  private void signingKey() {
    execute("signing-key list");
    aws.signingSecrets().add("{\"seed\":\"" + "s".repeat(64) + "\"}");
    execute("signing-key list");
    execute("signing-key rotate");
    execute("signing-key list");
    execute("signing-key rotate --now");
    executeAtTerminal("signing-key rotate --now", "n");
    executeAtTerminal("signing-key rotate --now", "y");
    execute("signing-key list --json");
    execute("edge-secret show");
    execute("edge-secret drop-old");
    execute("edge-secret rotate");
    execute("edge-secret rotate");
    execute("edge-secret show");
    execute("edge-secret rotate");
    executeAtTerminal("edge-secret rotate", "n");
    executeAtTerminal("edge-secret rotate", "y");
    execute("edge-secret drop-old");
    execute("edge-secret drop-old --yes");
    execute("edge-secret show --json");
  }

  private void line(String check) {
    var result = operator.piping("").run(words(check + " --local").toArray(String[]::new));
    write(normal(check), "", result);
  }

  private static Tenant tenant(String id) {
    return new Tenant(
        new TenantId(id),
        TenantStatus.ACTIVE,
        Quota.UNLIMITED,
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  private void usage() throws IOException {
    var price = Optional.of(PRICE);
    var wrong = "";
    for (int day = 0; day < 4; day++) {
      for (int call = 0; call <= day; call++) {
        wrong = traffic.call(tenant("acme"), "fast", price, new TokenCounts(1_000, 200, 300));
      }
      traffic.call(
          tenant("beta"),
          "provider/y",
          Optional.empty(),
          new TokenCounts(4_000 - 900 * day, 0, 90));
      clock.advance(Duration.ofDays(1));
    }
    clock.advance(Duration.ofDays(-1));
    execute("usage report");
    execute("usage report --by model");
    execute("usage report --by day,model --tenant beta --from 2026-11-22");
    execute("usage report --by tenant --csv");
    execute("usage report --by tenant --json");
    execute("usage report --from 2026-12-24 --to 2026-11-24");
    execute("usage report --from yesterday");
    execute("usage report --csv --json");
    execute("usage report --tenant unknown");
    execute("usage report --html FOLDER/usage.html");
    compare(PAGE, Files.readString(folder.resolve("usage.html")));
    tail();
    var correct = "usage correct " + wrong + " --prompt-tokens 900 --completion-tokens 300 ";
    execute(correct + "--reason 'provider invoice'");
    executeAtTerminal(correct + "--reason 'provider invoice'", "y");
    execute(correct + "--reason again --yes");
    execute(correct + "--yes");
    execute(correct + "--reason r --cached-tokens 901 --yes");
    execute("usage correct nonsense --prompt-tokens 1 --completion-tokens 1 --reason r");
    execute("usage correct 0123456789ab --prompt-tokens 1 --completion-tokens 1 --reason r");
    execute("usage report --by tenant");
    traffic.callFor("ann@example.com", tenant("acme"), "fast", price, new TokenCounts(90, 0, 10));
    traffic.callFor("bob@example.com", tenant("acme"), "fast", price, new TokenCounts(60, 0, 10));
    execute("usage report --by user");
    execute("usage report --by user --top 1 --tenant acme --json");
    execute("usage report --by user,day");
    execute("usage report --top 5");
  }

  private void tail() {
    var polls = new int[1];
    Pause pause =
        duration -> {
          clock.advance(duration);
          if (polls[0]++ % 2 == 0) {
            traffic.call(tenant("acme"), "fast", Optional.of(PRICE), new TokenCounts(500, 0, 80));
          } else {
            Thread.currentThread().interrupt();
          }
        };
    operator.pausing(pause);
    for (var line :
        List.of("usage tail --tenant acme", "usage tail --json", "usage tail --every 0")) {
      execute(line);
      Thread.interrupted();
    }
    operator.pausing(clock);
  }

  private void ledger() {
    execute("audit");
    execute("audit --json acme");
    traffic.die(tenant("acme"), "fast", Optional.of(PRICE), 700);
    clock.advance(Duration.ofMinutes(5));
    assertEquals(1, execute("audit acme").exitCode());
    execute("reconcile");
    execute("reconcile --json");
    execute("audit acme");
  }

  private void users() {
    execute("tenant create gamma --tokens-per-month 900000");
    execute("user block gamma ann@example.com");
    execute("user tier gamma ann@example.com pro");
    execute("user show gamma ann@example.com");
    execute("tenant tier set gamma pro --tokens-per-day 200000");
    execute("tenant tier set gamma default --tokens-per-day 20000 --requests-per-minute 5");
    execute("tenant tier set gamma pro --tokens-per-day 200000 --models fast --warn-at 80,95");
    execute("tenant tier set gamma pro");
    execute("tenant tier set gamma 'no name' --tokens-per-day 1");
    execute("tenant tier list gamma");
    execute("tenant tier list gamma --json");
    execute("tenant tier remove gamma default --yes");
    execute("tenant tier remove gamma gold --yes");
    execute("tenant tier remove gamma pro");
    execute("tenant show gamma");
    var gamma = tiers("gamma");
    traffic.callFor(
        "ann@example.com", gamma, "fast", Optional.of(PRICE), new TokenCounts(90, 0, 10));
    execute("user show gamma ann@example.com");
    execute("user show gamma ann@example.com --credential-tier gold --csv");
    execute("user tier gamma ann@example.com gold");
    execute("user tier gamma ann@example.com");
    execute("user tier gamma ann@example.com pro");
    execute("user show gamma ann@example.com --json");
    execute("user tier gamma ann@example.com --remove");
    execute("user tier gamma ann@example.com --remove");
    execute("user block gamma ann@example.com");
    execute("user show gamma ann@example.com");
    execute("user block gamma 'ann a'");
    execute("user block unknown ann");
    execute("audit gamma");
    execute("user forget gamma ann@example.com");
    executeAtTerminal("user forget gamma ann@example.com", "n");
    executeAtTerminal("user forget gamma ann@example.com", "y");
    clock.advance(Duration.ofMinutes(21));
    execute("user forget gamma ann@example.com --yes --from 2026-11-01");
    execute("user unblock gamma ann@example.com");
    execute("user unblock gamma ann@example.com");
    execute("usage report --by user --tenant gamma");
    execute("audit gamma");
    execute("tenant tier remove gamma pro --yes");
    execute("tenant tier remove gamma default --yes");
  }

  private Tenant tiers(String id) {
    return new TenantEditor(aws.client(), Tables.LOCAL, new Random(1), clock)
        .find(new TenantId(id))
        .orElseThrow();
  }

  private void doors() {
    execute("info");
    execute("info --json");
    try (var door = new FakeDoor()) {
      operator.with("CHATGATE_STREAM_PORT", door.port()).with("CHATGATE_API_PORT", door.port());
      execute("try acme");
      execute("try acme --model fast --prompt 'Who are you?'");
      door.answers(200, FakeDoor.WHOLE);
      execute("try acme --door api");
      door.answers(429, FakeDoor.LIMIT);
      execute("try acme --user ann@example.com");
      execute("doctor --before --fix");
      execute("doctor --before");
      execute("doctor --model fast");
      execute("doctor --remove-leftovers");
    }
    execute("try gamma");
    execute("try unknown");
    execute("try acme --door both");
  }

  private void deletion() {
    execute("tenant delete beta");
    executeAtTerminal("tenant delete beta", "");
    executeAtTerminal("tenant delete beta", "yes");
    execute("tenant delete beta --yes");
    execute("usage report --by tenant --csv");
    execute("audit --stack other");
    var script = operator.run("completion").out();
    assertTrue(script.contains("tenant") && script.contains("provider-key"), script);
  }
}
