package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands for issuers. */
class IssuersTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String WARNING = "has no limit per day or month";
  private static final String KEYS =
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"BB\"}]}";

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  private final String id = "tenant-" + NAMES.incrementAndGet();
  private final String url = "https://" + id + ".example/";

  @BeforeAll
  static void start() {
    aws = new FakeAws(InstantSource.system());
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  @BeforeEach
  void create() {
    done("tenant", "create", id);
  }

  private static Result run(String input, String... line) {
    return new CommandRunner()
        .with("CHATGATE_AWS_PORT", aws.port())
        .piping(input)
        .run(Stream.concat(Stream.of("--local"), Stream.of(line)).toArray(String[]::new));
  }

  private static Result done(String... line) {
    var result = run("", line);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private static void fails(int exitCode, String err, String... line) {
    assertEquals(new Result(exitCode, "", err + "\n"), run("", line));
  }

  private List<Issuer> issuers() {
    return new TenantEditor(aws.client(), Tables.LOCAL, new Random(1), Pause.SLEEP)
        .find(new TenantId(id))
        .orElseThrow()
        .issuers();
  }

  private static Optional<String> owner(String issuer, String audience) {
    return new TenantStore(aws.client(), Tables.LOCAL)
        .index()
        .tenantOf(issuer, audience)
        .map(TenantId::value);
  }

  @Test
  void addAppliesTheOptions() {
    done(
        "issuer",
        "add",
        id,
        url,
        "--audience",
        "a",
        "--audience",
        "b,c",
        "--audience-claim",
        "client_id",
        "--user-claim",
        "/user/id",
        "--user-prefix",
        "x:",
        "--require",
        "https://x.example/plan=a=b",
        "--require",
        "verified=true",
        "--require",
        "level=-2.5e3",
        "--require",
        "version=\"1\"",
        "--require",
        "empty=",
        "--jwks-uri",
        "https://keys.example/set?v=1");
    assertEquals(
        List.of(
            new Issuer(
                url,
                List.of("a", "b,c"),
                "client_id",
                "/user/id",
                Optional.of("x:"),
                Map.of(
                    "https://x.example/plan",
                    new RequiredClaim.Text("a=b"),
                    "verified",
                    new RequiredClaim.Flag(true),
                    "level",
                    new RequiredClaim.Numeric(new BigDecimal("-2.5e3")),
                    "version",
                    new RequiredClaim.Text("1"),
                    "empty",
                    new RequiredClaim.Text("")),
                Optional.of(URI.create("https://keys.example/set?v=1")),
                Optional.empty())),
        issuers());
    assertEquals(Optional.of(id), owner(url, "b,c"));
  }

  @Test
  void theKeySetOfAFileIsStored(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("keys.json"), KEYS.replace(",", ",\n "));
    done("issuer", "add", id, url, "--audience", "a", "--jwks", file.toString());
    assertEquals(Optional.of(KEYS), issuers().getFirst().jwks());
    done("issuer", "remove", id, url, "--yes");
    assertEquals(
        0, run(KEYS, "issuer", "add", id, url, "--audience", "a", "--jwks", "-").exitCode());
    assertEquals(Optional.of(KEYS), issuers().getFirst().jwks());
  }

  @Test
  void aFileWithAPrivateKeyIsRefusedWithoutQuotingIt() {
    var keys = KEYS.replace("\"y\"", "\"d\":\"hush\",\"y\"");
    var refused = run(keys, "issuer", "add", id, url, "--audience", "a", "--jwks", "-");
    assertEquals(
        new Result(
            2, "", "jwks.keys[0].d is part of a private key: a set of public keys is expected.\n"),
        refused);
    assertEquals(List.of(), issuers());
  }

  @Test
  void whatIsNotValidIsNamedAndChangesNothing() {
    fails(
        2,
        "issuer.issuer must be an https URL of at most 512 characters without user, query and"
            + " fragment; http is for localhost, 127.0.0.1 and [::1] only.",
        "issuer",
        "add",
        id,
        "http://login.example",
        "--audience",
        "a");
    fails(
        2,
        "issuer.audiences[1] must be 1 to 256 characters, none of them a control character.",
        "issuer",
        "add",
        id,
        url,
        "--audience",
        "a",
        "--audience",
        "");
    fails(
        2,
        "issuer.required_claims./~ begins with / and is no JSON pointer: after ~ there must be 0 or"
            + " 1 (RFC 6901).",
        "issuer",
        "add",
        id,
        url,
        "--audience",
        "a",
        "--require",
        "/~=1");
    assertEquals(2, run("", "issuer", "add", id, url).exitCode());
    assertEquals(2, run("", "issuer", "add", id, "--audience", "a").exitCode());
    assertEquals(
        2, run("", "issuer", "add", id, url, "--audience", "a", "--jwks-uri", "h ttp").exitCode());
    assertEquals(List.of(), issuers());
  }

  @Test
  void aSecondIssuerNeedsAPrefix() {
    done("issuer", "add", id, url, "--audience", "a");
    fails(
        2,
        "issuers[1].user_prefix is missing, as in issuers[0].",
        "issuer",
        "add",
        id,
        url + "2",
        "--audience",
        "a");
    done("issuer", "add", id, url + "2", "--audience", "a", "--user-prefix", "2:");
    assertEquals(2, issuers().size());
  }

  @Test
  void anIssuerIsAddedOnceAndAPairToOneTenant() {
    done("issuer", "add", id, url, "--audience", "a");
    fails(
        1,
        "Tenant %s already has the issuer %s. To change it, remove it first.".formatted(id, url),
        "issuer",
        "add",
        id,
        url,
        "--audience",
        "b");
    var other = id + "-other";
    done("tenant", "create", other);
    fails(
        2,
        "The issuer %s with the audience a belongs to tenant %s.".formatted(url, id),
        "issuer",
        "add",
        other,
        url,
        "--audience",
        "b",
        "--audience",
        "a");
    assertEquals(Optional.empty(), owner(url, "b"));
    done("issuer", "remove", id, url, "--yes");
    done("issuer", "add", other, url, "--audience", "a");
    assertEquals(Optional.of(other), owner(url, "a"));
    done("tenant", "delete", other, "--yes");
    assertEquals(Optional.empty(), owner(url, "a"));
  }

  @Test
  void addWarnsWhereNothingBoundsADayOrAMonth() {
    var warned = done("issuer", "add", id, url, "--audience", "a");
    assertTrue(warned.err().contains(WARNING), warned.err());
    assertEquals(1, warned.err().lines().count());
    for (var limit : List.of("--tokens-per-day", "--tokens-per-month", "--cost-per-month-usd")) {
      done("issuer", "remove", id, url, "--yes");
      done("tenant", "set", id, limit, "10");
      assertEquals("", done("issuer", "add", id, url, "--audience", "a").err(), limit);
      done("tenant", "set", id, limit, "none");
    }
    done("issuer", "remove", id, url, "--yes");
    done("tenant", "set", id, "--tokens-per-minute", "10", "--max-concurrent-requests", "1");
    assertTrue(done("issuer", "add", id, url, "--audience", "a").err().contains(WARNING));
  }

  @Test
  void listPrintsJsonThatATenantTakes() {
    done("issuer", "add", id, url, "--audience", "a", "--require", "level=2");
    var json = done("issuer", "list", id, "--json").out();
    var read = TenantJson.readOne("{\"id\":\"a\",\"issuers\":" + json + "}").tenant();
    assertEquals(issuers(), read.issuers());
    var table = done("issuer", "list", id).out();
    assertTrue(table.contains(url) && table.contains("level = 2"), table);
  }

  @Test
  void removeAsksAndRemovesTheWholeIssuer() {
    done("issuer", "add", id, url, "--audience", "a", "--audience", "b");
    assertEquals(2, run("", "issuer", "remove", id, url).exitCode());
    assertEquals(1, issuers().size());
    done("issuer", "remove", id, url, "--yes");
    assertEquals(List.of(), issuers());
    assertEquals(Optional.empty(), owner(url, "a"));
    fails(
        1, "Tenant %s has no issuer %s.".formatted(id, url), "issuer", "remove", id, url, "--yes");
  }

  @Test
  void aTenantThatDoesNotExistIsANegativeResult() {
    for (var line :
        List.of(
            List.of("issuer", "add", "nobody", url, "--audience", "a"),
            List.of("issuer", "list", "nobody"),
            List.of("issuer", "remove", "nobody", url, "--yes"))) {
      fails(1, "Tenant nobody does not exist.", line.toArray(String[]::new));
    }
    assertEquals(Optional.empty(), owner(url, "a"));
  }

  @Test
  void concurrentAdditionsAreAllApplied() throws Exception {
    try (var operators = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<Result>>();
      for (int i = 0; i < 10; i++) {
        var name = Integer.toString(i);
        running.add(
            operators.submit(() ->
                run(
                    "",
                    "issuer",
                    "add",
                    id,
                    url + name,
                    "--audience",
                    "a",
                    "--user-prefix",
                    name)));
      }
      for (var one : running) {
        assertEquals(0, one.get().exitCode(), one.get().err());
      }
    }
    assertEquals(10, issuers().size());
    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.of(id), owner(url + i, "a"));
    }
    var refused = run("", "issuer", "add", id, url, "--audience", "a", "--user-prefix", "x");
    assertEquals(new Result(2, "", "issuers must have at most 10 entries.\n"), refused);
    assertFalse(owner(url, "a").isPresent());
  }
}
