package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code chatgate try} and {@code chatgate info}. */
class TryTest {
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  @SuppressWarnings("NullAway.Init")
  private static FakeDoor door;

  @BeforeAll
  static void start() {
    aws = new FakeAws(() -> NOW);
    door = new FakeDoor();
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + aws.port());
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    run("tenant create acme --models fast,slow");
    run("tenant create beta");
    run("tenant create strict --models * --alias quick=x --require-end-user");
  }

  @AfterAll
  static void stop() {
    PROPERTIES.forEach(System::clearProperty);
    door.close();
    aws.close();
  }

  @BeforeEach
  void answerAll() {
    door.answers(200, FakeDoor.STREAM);
    door.meanwhile(() -> {});
    door.calls().clear();
  }

  private static CommandRunner operator() {
    return new CommandRunner()
        .with("CHATGATE_AWS_PORT", aws.port())
        .with("CHATGATE_STREAM_PORT", door.port())
        .with("CHATGATE_API_PORT", door.port())
        .at(() -> NOW);
  }

  private static Result run(String line) {
    return operator().run((line + " --local").split(" "));
  }

  private static Optional<Credential> credential(String authorization) {
    return new TenantStore(aws.client(), Tables.LOCAL)
        .find(KeyHash.of(authorization.substring("Bearer ".length())));
  }

  @Test
  void anAnswerIsPrintedAsItArrives() {
    var result = run("try acme");
    assertEquals("Hello there,\nyou\uFFFD!\n", result.out(), result.err());
    assertEquals(
        "HTTP 200 after 0 ms, first text after 0 ms. Tokens: 12 prompt, 5 completion. Request ID:"
            + " req_0123456789abcdefghijklmn.\n",
        result.err());
    assertEquals(0, result.exitCode());
    var call = door.calls().getFirst();
    assertEquals("/openai/v1/chat/completions", call.path());
    assertEquals(
        "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello in five"
            + " words.\"}],\"max_tokens\":200,\"stream\":true,"
            + "\"stream_options\":{\"include_usage\":true}}",
        call.body());
    assertEquals("null", call.endUser());
  }

  @Test
  void theKeyIsValidDuringTheCallAndGoneAfterwards() {
    var during = new ArrayList<Credential>();
    door.meanwhile(() -> credential(door.calls().getLast().authorization()).ifPresent(during::add));
    var result = run("try acme");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(1, during.size());
    assertEquals(Set.of(Scope.CALLS), during.getFirst().scopes());
    assertEquals(Optional.empty(), credential(door.calls().getLast().authorization()));
    assertFalse(run("key list acme").out().contains("try-"));
  }

  @Test
  void theKeyExpiresByItself() {
    var during = new ArrayList<String>();
    door.meanwhile(() -> during.add(run("key list acme").out()));
    run("try acme");
    var expiry = NOW.plus(Duration.ofMinutes(10)).toString();
    assertTrue(during.getFirst().contains(expiry), during.getFirst());
  }

  @Test
  void theApiDoorAnswersInOnePiece() {
    door.answers(200, FakeDoor.WHOLE);
    var result = run("try acme --door api --model slow --max-tokens 7");
    assertEquals("Hello in one piece\n", result.out(), result.err());
    assertTrue(result.err().contains("12 prompt, 4 completion"), result.err());
    assertEquals(0, result.exitCode());
    var body = door.calls().getFirst().body();
    assertTrue(body.contains("\"model\":\"slow\"") && body.contains("\"max_tokens\":7"), body);
    assertFalse(body.contains("stream"), body);
  }

  @Test
  void anEndUserIsNamedIfTheTenantRequiresOne() {
    assertEquals(0, run("try strict").exitCode());
    assertEquals("chatgate-try", door.calls().getFirst().endUser());
    assertTrue(door.calls().getFirst().body().contains("\"quick\""));
    assertEquals(0, run("try acme --user ann").exitCode());
    assertEquals("ann", door.calls().getLast().endUser());
  }

  @Test
  void aRefusalIsANegativeResult() {
    door.answers(429, FakeDoor.LIMIT);
    for (var line : List.of("try acme", "try acme --door api")) {
      assertEquals(
          new Result(
              1,
              "",
              "HTTP 429 rate_limit_exceeded: Too many requests. Request ID:"
                  + " req_0123456789abcdefghijklmn.\n"),
          run(line));
    }
    assertFalse(run("key list acme").out().contains("try-"));
  }

  @Test
  void anErrorInAStreamIsANegativeResult() {
    door.answers(
        200,
        """
        data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}

        data: {"error":{"message":"The provider failed.","code":"upstream_error"}}

        """);
    var result = run("try acme");
    assertEquals("Hel\n", result.out());
    assertTrue(
        result.err().startsWith("HTTP 200 upstream_error: The provider failed. "), result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void anIncompleteAnswerIsANegativeResult() {
    door.answers(200, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n");
    var result = run("try acme");
    assertTrue(
        result.err().startsWith("HTTP 200 with an answer that is not complete."), result.err());
    assertEquals(1, result.exitCode());
    door.answers(200, "<html>");
    assertEquals(1, run("try acme --door api").exitCode());
  }

  @Test
  void anAnswerOfAwsIsANegativeResult() {
    door.answers(502, "Internal Server Error");
    var result = run("try acme");
    assertTrue(
        result.err().startsWith("HTTP 502 with an answer that is not the gateway's."),
        result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void aDoorThatIsNotThereIsAnError() {
    var away = new FakeDoor();
    away.close();
    var result = operator().with("CHATGATE_STREAM_PORT", away.port()).run("try", "acme", "--local");
    assertEquals(2, result.exitCode());
    assertTrue(result.err().startsWith("No usable answer from http://127.0.0.1:"), result.err());
    assertFalse(run("key list acme").out().contains("try-"));
  }

  @Test
  void whatIsWrongIsSaidBeforeAKeyIsCreated() {
    assertEquals(new Result(1, "", "Tenant nobody does not exist.\n"), run("try nobody"));
    assertEquals(
        new Result(2, "", "The tenant's configuration names no model: use --model MODEL.\n"),
        run("try beta"));
    assertEquals(
        new Result(2, "", "The door's base URL must use https, or http to localhost.\n"),
        run("try acme --url http://example.com/openai/v1"));
    assertTrue(run("try acme --door both").err().contains("'both' is not a door"));
    assertEquals(List.of(), door.calls());
  }

  @Test
  void theDoorsOfAStackAreItsOutputs() {
    var base = "http://127.0.0.1:" + door.port() + "/openai/v1";
    var withoutUrl = operator().run("try", "acme", "--stack", FakeAws.STACK);
    assertEquals(2, withoutUrl.exitCode());
    assertTrue(withoutUrl.err().contains("The URL of the door is not known"), withoutUrl.err());
    aws.output("StreamBaseUrl", base);
    assertEquals(0, operator().run("try", "acme", "--stack", FakeAws.STACK).exitCode());
    assertEquals(0, run("try acme --url " + base + "/").exitCode());
    assertEquals("/openai/v1/chat/completions", door.calls().getLast().path());
  }

  @Test
  void infoShowsAStack() {
    aws.output("ApiBaseUrl", "https://api.example/openai/v1");
    aws.output("DashboardUrl", "https://dashboard.example");
    aws.providerBaseUrl("https://provider.example/v1");
    aws.parameter("CacheSeconds", "12");
    aws.parameter("KeepData", "prod-only");
    aws.parameter("Stage", "prod");
    run("tenant suspend beta");
    var info = operator().run("info", "--stack", FakeAws.STACK);
    assertEquals(0, info.exitCode(), info.err());
    for (var line :
        List.of(
            "Deployment +stack chatgate-test",
            "API door +https://api.example/openai/v1",
            "Dashboard +https://dashboard.example",
            "Provider +https://provider.example/v1",
            "Provider key +not set; to set it: chatgate provider-key set",
            "Tenants +3, of which 1 suspended",
            "Changes +take effect within 12 s",
            "Tables, secrets +" + Tables.LOCAL.tenants(),
            " +" + Tables.LOCAL.usage(),
            " +" + FakeAws.SIGNING_SECRET,
            "On sam delete +tables and secrets are kept")) {
      assertTrue(info.lines().stream().anyMatch(shown -> shown.matches(line)), line + info.out());
    }
    assertFalse(info.out().contains("Playground"), info.out());
    aws.secrets().add("sk-secret");
    aws.parameter("KeepData", "never");
    aws.parameter("Playground", "on");
    var changed = operator().run("info", "--stack", FakeAws.STACK);
    assertTrue(changed.out().contains("tables and secrets are deleted too"), changed.out());
    assertTrue(changed.out().matches("(?s).*Provider key +set\n.*"), changed.out());
    assertTrue(changed.out().matches("(?s).*Playground +on\n.*"), changed.out());
    assertFalse(changed.out().contains("sk-secret"));
    var json = operator().run("info", "--json", "--stack", FakeAws.STACK).out();
    assertTrue(json.contains("\"provider_key_is_set\" : true"), json);
    assertTrue(json.contains("\"keeps_data\" : false"), json);
    run("tenant resume beta");
    aws.secrets().clear();
  }

  @Test
  void infoShowsWhatIsKnownOfTheEnvironment() {
    var result =
        new CommandRunner()
            .with(Tables.TENANTS_VARIABLE, Tables.LOCAL.tenants())
            .with(Tables.QUOTA_VARIABLE, Tables.LOCAL.quota())
            .with(Tables.USAGE_VARIABLE, Tables.LOCAL.usage())
            .run("info", "--json");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.out().contains("\"stream_base_url\" : null"), result.out());
    assertTrue(result.out().contains("\"keeps_data\" : null"), result.out());
    assertTrue(result.out().contains("\"provider_key_is_set\" : null"), result.out());
  }
}
