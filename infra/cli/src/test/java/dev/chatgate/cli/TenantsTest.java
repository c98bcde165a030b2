package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.Pause;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Commands for tenants and keys. */
class TenantsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  private final String id = "tenant-" + NAMES.incrementAndGet();

  @BeforeAll
  static void start() {
    aws = new FakeAws(InstantSource.system());
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  private static CommandRunner operator() {
    return new CommandRunner().with("CHATGATE_AWS_PORT", aws.port());
  }

  private static Result run(CommandRunner operator, String... line) {
    return operator.run(
        Stream.concat(Stream.of("--local"), Stream.of(line)).toArray(String[]::new));
  }

  private static Result run(String... line) {
    return run(operator(), line);
  }

  private static Result done(String... line) {
    var result = run(line);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private static TenantEditor editor() {
    return new TenantEditor(aws.client(), Tables.LOCAL, new Random(1), Pause.SLEEP);
  }

  private Tenant tenant() {
    return editor().find(new TenantId(id)).orElseThrow();
  }

  private static Optional<String> tenantOf(String secret) {
    return new TenantStore(aws.client(), Tables.LOCAL)
        .find(KeyHash.of(secret))
        .map(credential -> credential.tenant().id().value());
  }

  @Test
  void limitsMayHaveTheSeparatorsWithWhichTheyAreShown() {
    done(
        "tenant",
        "create",
        id,
        "--tokens-per-day",
        "1,000,000",
        "--cost-per-month-usd",
        "1,250.50");
    var shown = done("tenant", "show", id).out();
    assertTrue(shown.contains("1,000,000") && shown.contains("$1,250.50"), shown);
    for (var wrong : List.of("1,00", ",100", "1000,000", "1,000,", "1,0000")) {
      assertEquals(2, run("tenant", "set", id, "--tokens-per-day", wrong).exitCode(), wrong);
    }
  }

  @Test
  void createAppliesTheOptions() {
    done(
        "tenant",
        "create",
        id,
        "--tokens-per-day",
        "1000",
        "--cost-per-month-usd",
        "12.5",
        "--models",
        "fast, big/model",
        "--alias",
        "fast=provider/x",
        "--alias",
        "slow=provider/y",
        "--origins",
        "https://a.example");
    var tenant = tenant();
    assertEquals(OptionalLong.of(1000), tenant.quota().get(Limits.TOKENS_PER_DAY));
    assertEquals(OptionalLong.of(12_500_000), tenant.quota().get(Limits.COST_PER_MONTH));
    assertEquals(Optional.of(List.of("fast", "big/model")), tenant.models());
    assertEquals(Map.of("fast", "provider/x", "slow", "provider/y"), tenant.modelAliases());
    assertEquals(Optional.of(List.of("https://a.example")), tenant.allowedOrigins());
  }

  @Test
  void aTooLongModelNameIsAnErrorOnOneLine() {
    String name = "m".repeat(257);
    for (var line :
        List.of(
            List.of("tenant", "create", id, "--models", "a," + name),
            List.of("tenant", "create", id, "--alias", name + "=a"),
            List.of("tenant", "create", id, "--alias", "a=" + name))) {
      var refused = run(line.toArray(String[]::new));
      assertEquals(2, refused.exitCode());
      assertEquals(line.get(3) + ": a model name has at most 256 bytes.\n", refused.err());
    }
    assertEquals(Optional.empty(), editor().find(new TenantId(id)));
  }

  @Test
  void aTooLargeTenantIsAnErrorOnOneLine() {
    done("tenant", "create", id);
    var line = new ArrayList<>(List.of("tenant", "set", id));
    for (int i = 0; i < 2_000; i++) {
      line.addAll(List.of("--alias", "a" + i + "=" + "m".repeat(250)));
    }
    var refused = run(line.toArray(String[]::new));
    assertEquals(2, refused.exitCode());
    assertTrue(refused.err().startsWith("Tenant " + id + " takes "), refused.err());
    assertEquals(1, refused.err().lines().count());
    assertEquals(Map.of(), tenant().modelAliases());
  }

  @Test
  void setChangesOnlyTheGivenOptions() {
    done("tenant", "create", id, "--tokens-per-day", "1000", "--requests-per-minute", "5");
    done("tenant", "set", id, "--requests-per-minute", "none", "--models", "");
    assertEquals(OptionalLong.of(1000), tenant().quota().get(Limits.TOKENS_PER_DAY));
    assertEquals(OptionalLong.empty(), tenant().quota().get(Limits.REQUESTS_PER_MINUTE));
    assertEquals(Optional.of(List.of()), tenant().models());
    done("tenant", "set", id, "--origins", "https://a.example", "--alias", "a=b");
    done("tenant", "set", id, "--origins", "default", "--no-alias", "a");
    assertEquals(Optional.empty(), tenant().allowedOrigins());
    assertEquals(Map.of(), tenant().modelAliases());
  }

  @Test
  void setAcceptsTheJsonOfShow() {
    done("tenant", "create", id, "--tokens-per-day", "1000", "--alias", "a=b");
    var secret = done("key", "create", id, "--name", "web").out().strip();
    var before = tenant();
    var shown = done("tenant", "show", id, "--json").out();
    done("tenant", "set", id, "--tokens-per-day", "1", "--no-alias", "a");
    var result = run(operator().piping(shown), "tenant", "set", id, "--json", "-");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(before, tenant());
    assertEquals(Optional.of(id), tenantOf(secret), "keys that are not named stay");
  }

  @Test
  void setAcceptsTheJsonOfShowWithIssuers() {
    done("tenant", "create", id, "--require-end-user");
    done("issuer", "add", id, "https://" + id, "--audience", "a", "--require", "level=2.5");
    var before = tenant();
    var shown = done("tenant", "show", id, "--json").out();
    done("issuer", "remove", id, "https://" + id, "--yes");
    var result = run(operator().piping(shown), "tenant", "set", id, "--json", "-");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(before, tenant());
    var listed = done("tenant", "list", "--json").out();
    assertTrue(TenantJson.readList(listed).stream().anyMatch(spec -> spec.tenant().equals(before)));
  }

  @Test
  void jsonReplacesTheKeysThatItLists() {
    var json = "{\"id\":\"%s\",\"keys\":[{\"name\":\"k\",\"secret\":\"%s\"}]}";
    var made =
        run(
            operator().piping(json.formatted(id, id + "-1")),
            "tenant",
            "create",
            id,
            "--json",
            "-");
    assertEquals(0, made.exitCode(), made.err());
    assertEquals(Optional.of(id), tenantOf(id + "-1"));
    var set =
        run(operator().piping(json.formatted(id, id + "-2")), "tenant", "set", id, "--json", "-");
    assertEquals(0, set.exitCode(), set.err());
    assertEquals(Optional.empty(), tenantOf(id + "-1"));
    assertEquals(Optional.of(id), tenantOf(id + "-2"));
  }

  @Test
  void suspendAndResumeChangeTheStatus() {
    done("tenant", "create", id);
    done("tenant", "suspend", id);
    assertEquals(TenantStatus.SUSPENDED, tenant().status());
    done("tenant", "resume", id);
    assertEquals(TenantStatus.ACTIVE, tenant().status());
  }

  @Test
  void anEndUserIsRequiredUntilItIsTakenBack() {
    done("tenant", "create", id, "--require-end-user");
    assertTrue(tenant().requireEndUser());
    done("tenant", "set", id, "--tokens-per-day", "1");
    assertTrue(tenant().requireEndUser(), "not mentioned");
    done("tenant", "set", id, "--no-require-end-user");
    assertFalse(tenant().requireEndUser());
    done("tenant", "set", id, "--require-end-user");
    assertTrue(tenant().requireEndUser());
    var other = id + "-other";
    done("tenant", "create", other, "--no-require-end-user");
    assertFalse(editor().find(new TenantId(other)).orElseThrow().requireEndUser());
  }

  @Test
  void aKeyHasTheScopesThatItIsGiven() {
    done("tenant", "create", id);
    var all = done("key", "create", id, "--name", "all").out().strip();
    var some =
        done(
                "key",
                "create",
                id,
                "--name",
                "some",
                "--scope",
                "usage,calls",
                "--scope",
                "end_user_header")
            .out()
            .strip();
    assertEquals(Scope.DEFAULT, scopes(all));
    assertEquals(Set.of(Scope.USAGE, Scope.CALLS, Scope.END_USER_HEADER), scopes(some));
    done("key", "scopes", id, "some", "--scope", "client_secrets");
    assertEquals(Set.of(Scope.CLIENT_SECRETS), scopes(some));
    assertEquals(Scope.DEFAULT, scopes(all));
    var listed = done("key", "list", id, "--json").out();
    assertTrue(listed.replaceAll("\\s", "").contains("\"scopes\":[\"client_secrets\"]"), listed);
    assertEquals(1, run("key", "scopes", id, "none", "--scope", "calls").exitCode());
    for (var given : List.of("all", "CALLS", "", "calls,calls")) {
      assertEquals(2, run("key", "scopes", id, "some", "--scope", given).exitCode(), given);
    }
    assertEquals(Set.of(Scope.CLIENT_SECRETS), scopes(some));
  }

  private static Set<Scope> scopes(String secret) {
    return new TenantStore(aws.client(), Tables.LOCAL)
        .find(KeyHash.of(secret))
        .orElseThrow()
        .scopes();
  }

  @Test
  void createPrintsOnlyTheKey() {
    done("tenant", "create", id);
    var made = done("key", "create", id, "--name", "web", "--expires", "90d");
    assertTrue(made.out().matches("cg_[0-9a-f]{64}\n"), "one line, nothing else");
    assertEquals("", made.err());
    var secret = made.out().strip();
    assertEquals(Optional.of(id), tenantOf(secret));
    var items = aws.client().scan(r -> r.tableName(Tables.LOCAL.tenants()));
    assertFalse(items.toString().contains(secret.substring(3)));
    assertTrue(done("key", "list", id).out().contains("web"));
    assertEquals(1, run("key", "create", id, "--name", "web").exitCode());
    assertEquals(0, run("key", "revoke", id, "web", "--yes").exitCode());
    assertEquals(Optional.empty(), tenantOf(secret));
    assertEquals(1, run("key", "revoke", id, "web", "--yes").exitCode());
  }

  @Test
  void deleteRemovesTheKeys() {
    done("tenant", "create", id);
    var secrets = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      secrets.add(done("key", "create", id, "--name", "k" + i).out().strip());
    }
    done("tenant", "delete", id, "--yes");
    assertEquals(1, run("tenant", "show", id).exitCode());
    secrets.forEach(secret -> assertEquals(Optional.empty(), tenantOf(secret)));
  }

  @Test
  void deleteNeedsConfirmation() {
    done("tenant", "create", id);
    var unasked = run("tenant", "delete", id);
    assertEquals(2, unasked.exitCode());
    assertTrue(unasked.err().contains("--yes"), unasked.err());
    assertEquals(1, run(operator().typing("n"), "tenant", "delete", id).exitCode());
    assertEquals(1, run(operator().typing(), "tenant", "delete", id).exitCode());
    assertEquals(id, tenant().id().value());
    assertEquals(0, run(operator().typing("y"), "tenant", "delete", id).exitCode());
    assertEquals(1, run("tenant", "show", id).exitCode());
  }

  @Test
  void concurrentEditsAreAllApplied() throws Exception {
    done("tenant", "create", id);
    int edits = 24;
    var failed = new ArrayList<String>();
    try (var operators = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<Result>>();
      for (int i = 0; i < edits; i++) {
        var alias = "alias-" + i + "=model-" + i;
        var name = "key-" + i;
        running.add(operators.submit(() -> run("tenant", "set", id, "--alias", alias)));
        running.add(operators.submit(() -> run("key", "create", id, "--name", name)));
      }
      for (var one : running) {
        if (one.get().exitCode() != 0) {
          failed.add(one.get().err());
        }
      }
    }
    assertEquals(List.of(), failed);
    var expected = new HashMap<String, String>();
    for (int i = 0; i < edits; i++) {
      expected.put("alias-" + i, "model-" + i);
    }
    assertEquals(expected, tenant().modelAliases());
    var keys = editor().keys(new TenantId(id)).orElseThrow();
    assertEquals(edits, keys.size());
    assertEquals(edits, keys.stream().mapToInt(key -> key.code()).distinct().count());
  }

  @Test
  void whatALaterReleaseMadeCriticalIsNeitherShownNorChanged() {
    done("tenant", "create", id);
    aws.client()
        .updateItem(update ->
            update
                .tableName(Tables.LOCAL.tenants())
                .key(
                    Map.of(
                        "pk", AttributeValue.fromS("tenant#" + id),
                        "sk", AttributeValue.fromS("config")))
                .updateExpression("SET critical = :names")
                .expressionAttributeValues(
                    Map.of(
                        ":names", AttributeValue.fromL(List.of(AttributeValue.fromS("tiers"))))));
    var refused = new Result(2, "", "Failed while reading a tenant that a later release wrote.\n");
    assertEquals(refused, run("tenant", "show", id));
    assertEquals(refused, run("tenant", "set", id, "--tokens-per-day", "1"));
    assertEquals(refused, run("tenant", "list"));
    aws.client()
        .deleteItem(delete ->
            delete
                .tableName(Tables.LOCAL.tenants())
                .key(
                    Map.of(
                        "pk", AttributeValue.fromS("tenant#" + id),
                        "sk", AttributeValue.fromS("config"))));
  }
}
