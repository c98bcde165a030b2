package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code chatgate doctor} after a deployment: fake doors, and scripted answers of Lambda. */
class DoctorTest {
  /** What it needs permission for at the functions of a stack. */
  static final Set<String> LAMBDA_ACTIONS =
      Set.of(
          "lambda:GetAlias",
          "lambda:GetRuntimeManagementConfig",
          "lambda:PutRuntimeManagementConfig");

  private static final List<String> PROPERTIES =
      List.of(
          "aws.endpointUrl",
          "aws.endpointUrlLambda",
          "aws.region",
          "aws.accessKeyId",
          "aws.secretAccessKey");

  private static final TokenCounts USED = new TokenCounts(12, 0, 5);
  private static final String STREAM_ALIAS = "GET /2015-03-31/functions/stream-fn/aliases/live";
  private static final String API_ALIAS = "GET /2015-03-31/functions/api-fn/aliases/live";
  private static final String STREAM_RUNTIME =
      "GET /2021-07-20/functions/stream-fn/runtime-management-config?Qualifier=7";
  private static final String API_RUNTIME =
      "GET /2021-07-20/functions/api-fn/runtime-management-config?Qualifier=4";

  private final TestClock clock = new TestClock(Instant.parse("2026-11-20T10:00:00Z"));
  private final FakeAws aws = new FakeAws(clock);
  private final ScriptedAws lambda = new ScriptedAws();
  private final FakeDoor streamDoor = new FakeDoor();
  private final FakeDoor apiDoor = new FakeDoor();
  private final Traffic traffic = new Traffic(aws.client(), clock);
  private Optional<ModelPrice> price = Optional.empty();
  private TokenCounts used = USED;

  @BeforeEach
  void aGoodDeployment() {
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + aws.port());
    System.setProperty("aws.endpointUrlLambda", lambda.url());
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    aws.secrets().add("sk-secret");
    aws.output("StreamBaseUrl", "http://127.0.0.1:" + streamDoor.port() + "/openai/v1");
    aws.output("ApiBaseUrl", "http://127.0.0.1:" + apiDoor.port() + "/openai/v1");
    for (var door : List.of("Stream", "Api")) {
      var name = door.equals("Stream") ? "stream-fn" : "api-fn";
      aws.resource(door + "Function", "AWS::Lambda::Function", name);
      aws.resource(
          door + "FunctionVersion0123456789",
          "AWS::Lambda::Version",
          "arn:aws:lambda:us-east-1:123456789012:function:"
              + name
              + (door.equals("Stream") ? ":7" : ":4"));
    }
    lambda.answers(STREAM_ALIAS, 200, "{\"Name\":\"live\",\"FunctionVersion\":\"7\"}");
    lambda.answers(API_ALIAS, 200, "{\"Name\":\"live\",\"FunctionVersion\":\"4\"}");
    lambda.answers(STREAM_RUNTIME, 200, "{\"UpdateRuntimeOn\":\"FunctionUpdate\"}");
    lambda.answers(API_RUNTIME, 200, "{\"UpdateRuntimeOn\":\"FunctionUpdate\"}");
    apiDoor.answers(200, FakeDoor.WHOLE);
    streamDoor.meanwhile(() -> settle(streamDoor));
    apiDoor.meanwhile(() -> settle(apiDoor));
  }

  @AfterEach
  void stop() {
    PROPERTIES.forEach(System::clearProperty);
    streamDoor.close();
    apiDoor.close();
    lambda.close();
    aws.close();
  }

  private Credential credential(FakeDoor door) {
    var secret = door.calls().getLast().authorization().substring("Bearer ".length());
    return new TenantStore(aws.client(), Tables.LOCAL).find(KeyHash.of(secret)).orElseThrow();
  }

  /** A call is admitted and settled, as the gateway does. */
  private void settle(FakeDoor door) {
    door.requestId(traffic.call(credential(door).tenant(), "fast", price, used));
  }

  private CommandRunner operator() {
    return new CommandRunner()
        .with("CHATGATE_AWS_PORT", aws.port())
        .with("CHATGATE_STREAM_PORT", streamDoor.port())
        .with("CHATGATE_API_PORT", apiDoor.port())
        .at(this::laterEachTime)
        .pausing(clock);
  }

  /** Each look at the clock takes 20 ms, so that pieces come one after the other. */
  private Instant laterEachTime() {
    clock.advance(Duration.ofMillis(20));
    return clock.instant();
  }

  private Result doctor(String... more) {
    var line = new ArrayList<>(List.of("doctor", "--model", "fast", "--stack", FakeAws.STACK));
    line.addAll(List.of(more));
    return operator().run(line.toArray(String[]::new));
  }

  private static void assertLine(Result result, String start) {
    assertTrue(
        result.lines().stream().anyMatch(line -> line.startsWith(start)),
        start + "\n" + result.out() + result.err());
  }

  private void assertNoTenantIsLeft() {
    var tenants = operator().run("tenant", "list", "--local");
    assertEquals(0, tenants.exitCode(), tenants.err());
    assertFalse(tenants.out().contains("doctor-"), tenants.out());
  }

  @Test
  void aGoodDeploymentHasOneLineForEachCheck() {
    price =
        Optional.of(
            new ModelPrice(
                "fast",
                LocalDate.of(2026, 11, 1),
                List.of(new ModelPrice.Tier(0, 500_000, OptionalLong.empty(), 1_500_000))));
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out() + result.err());
    for (var start :
        List.of(
            "ok        streaming door, alias    The alias live is version 7, the stack's.",
            "ok        streaming door, runtime  Version 7 gets",
            "ok        API door, alias          The alias live is version 4, the stack's.",
            "ok        API door, runtime        Version 4 gets",
            "not seen  reconciler               No call waits for it",
            "ok        provider key             The provider's key is set.",
            "ok        streaming door           HTTP 200 after ",
            "ok        streaming door, pieces   2 pieces of text within ",
            "ok        streaming door, usage    The usage record has 17 tokens.",
            "ok        price                    The call was charged by the price of fast.",
            "ok        API door                 HTTP 200 after ",
            "ok        API door, usage          The usage record has 17 tokens.",
            "ok        audit                    The counters of the trial tenant match",
            "ok        trial tenant             Tenant doctor-",
            "ok        leftovers                No tenant of another run is left.")) {
      assertLine(result, start);
    }
    assertEquals(15, result.lines().size(), result.out());
    assertEquals(1, streamDoor.calls().size());
    assertEquals(1, apiDoor.calls().size());
    assertNoTenantIsLeft();
  }

  @Test
  void theTenantOfARunMayDoLittle() {
    var during = new ArrayList<Credential>();
    streamDoor.meanwhile(() -> {
      during.add(credential(streamDoor));
      settle(streamDoor);
    });
    doctor();
    assertEquals(Set.of(Scope.CALLS), during.getFirst().scopes());
    Tenant tenant = during.getFirst().tenant();
    assertEquals(Optional.of(List.of("fast")), tenant.models());
    assertTrue(tenant.id().value().matches("doctor-[0-9a-f]{12}"), tenant.id().value());
    assertEquals(1, tenant.quota().limits().size());
    var body = streamDoor.calls().getFirst().body();
    assertTrue(body.contains("\"stream\":true") && body.contains("\"max_tokens\":100"), body);
    assertFalse(apiDoor.calls().getFirst().body().contains("stream"));
  }

  @Test
  void eachLambdaActionIsCalled() {
    lambda.answers(STREAM_RUNTIME, 200, "{\"UpdateRuntimeOn\":\"Auto\"}");
    var put = STREAM_RUNTIME.replace("GET", "PUT");
    lambda.answers(put, 200, "{\"UpdateRuntimeOn\":\"FunctionUpdate\"}");
    var result = doctor("--fix");
    assertLine(result, "ok        streaming door, runtime  Set version 7 to FunctionUpdate.");
    var written = lambda.calls().stream().filter(call -> call.name().equals(put)).toList();
    assertEquals(1, written.size());
    assertEquals("{\"UpdateRuntimeOn\":\"FunctionUpdate\"}", written.getFirst().body());
    assertTrue(written.getFirst().authorization().contains("/us-east-1/lambda/"));
    assertEquals(
        Set.of(STREAM_ALIAS, API_ALIAS, STREAM_RUNTIME, API_RUNTIME, put),
        Set.copyOf(lambda.names()));
  }

  @Test
  void runtimeUpdatesAtAnyTimeAreAWarning() {
    lambda.answers(API_RUNTIME, 200, "{\"UpdateRuntimeOn\":\"Auto\",\"FunctionArn\":\"a\"}");
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out());
    assertLine(
        result,
        "warn      API door, runtime        Version 4 has Auto instead of FunctionUpdate: AWS may"
            + " change its Java runtime without a rollout. To set it: chatgate doctor --fix --stack"
            + " chatgate-test");
    assertFalse(lambda.names().stream().anyMatch(name -> name.startsWith("PUT")));
    var refused = doctor("--fix");
    assertEquals(1, refused.exitCode());
    assertLine(
        refused,
        "FAIL      API door, runtime        Version 4 could not be set. These credentials have no"
            + " permission for lambda:PutRuntimeManagementConfig.");
  }

  @Test
  void anAliasThatWasMovedOrShiftsIsAWarning() {
    lambda.answers(STREAM_ALIAS, 200, "{\"FunctionVersion\":\"6\"}");
    lambda.answers(
        API_ALIAS,
        200,
        "{\"FunctionVersion\":\"3\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"4\":0.1}}}");
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out());
    assertLine(
        result,
        "warn      streaming door, alias    The alias live is version 6, but the stack has version"
            + " 7.");
    assertLine(result, "warn      API door, alias          A rollout is going on: version 3");
    assertLine(result, "not seen  API door, runtime");
  }

  @Test
  void whatLambdaDoesNotShowIsNotSeen() {
    lambda.hangsUp(STREAM_ALIAS);
    lambda.answers(API_ALIAS, 403, "{}");
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out());
    assertLine(result, "not seen  streaming door, alias    Lambda did not answer lambda:GetAlias.");
    assertLine(result, "not seen  API door, alias          These credentials have no permission");
    lambda.answers(STREAM_ALIAS, 200, "{}");
    lambda.answers(API_ALIAS, 404, "{}");
    var malformed = doctor();
    assertLine(malformed, "not seen  streaming door, runtime  Lambda's answer to lambda:GetAlias");
    assertLine(malformed, "not seen  API door, runtime        Lambda does not know");
  }

  @Test
  void theLocalDeploymentHasNoAliasButAllElse() {
    var result = operator().run("doctor", "--model", "fast", "--local");
    assertEquals(0, result.exitCode(), result.out() + result.err());
    assertLine(result, "not seen  streaming door, alias    Versions and aliases exist in a stack");
    assertLine(result, "not seen  API door, runtime");
    assertLine(result, "ok        API door, usage");
    assertEquals(List.of(), lambda.calls());
    assertNoTenantIsLeft();
  }

  @Test
  void aDoorThatTheDeploymentDoesNotHaveIsLeftOut() {
    aws.withoutOutput("ApiBaseUrl");
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out());
    assertFalse(result.out().contains("API door"), result.out());
    assertEquals(List.of(), apiDoor.calls());
    aws.withoutOutput("StreamBaseUrl");
    assertEquals(
        new Result(2, "", "The URL of no door is known: use --stack NAME or --local.\n"), doctor());
  }

  @Test
  void withAUrlTheCallGoesThere() {
    var answer = "{\"error\":{\"message\":\"Not this way.\",\"code\":\"edge_required\"}}";
    apiDoor.answers(403, answer);
    assertLine(
        doctor(), "FAIL      API door                 HTTP 403 edge_required: Not this way.");
    assertLine(doctor("--url", "http://127.0.0.1:1/openai/v1"), "FAIL      given URL ");
    int before = apiDoor.calls().size();
    var result = doctor("--url", "http://127.0.0.1:" + streamDoor.port() + "/openai/v1/");
    assertEquals(0, result.exitCode(), result.out());
    assertLine(result, "ok        API door, runtime        Version 4 gets");
    assertLine(result, "ok        given URL                HTTP 200 after ");
    assertLine(result, "ok        given URL, pieces        2 pieces of text within ");
    assertLine(result, "ok        given URL, usage         The usage record has 17 tokens.");
    assertEquals(before, apiDoor.calls().size());
    var refused = doctor("--url", "http://cdn.example/openai/v1");
    assertEquals(2, refused.exitCode());
    assertEquals("The door's base URL must use https, or http to localhost.\n", refused.err());
  }

  @Test
  void anAnswerThatComesAtOnceIsAWarning() {
    var result = operator().at(clock).run("doctor", "--model", "fast", "--stack", FakeAws.STACK);
    assertEquals(0, result.exitCode(), result.out());
    assertLine(
        result,
        "warn      streaming door, pieces   2 pieces of text within 0 ms: the answer came at once.");
    streamDoor.answers(
        200, "data: {\"choices\":[{\"delta\":{\"content\":\"all\"}}]}\n\ndata: [DONE]\n\n");
    assertLine(doctor(), "warn      streaming door, pieces   1 piece of text within");
  }

  @Test
  void aModelWithoutAPriceIsAWarning() {
    var result = doctor();
    assertEquals(0, result.exitCode(), result.out());
    assertLine(
        result,
        "warn      price                    fast has no price: its calls cost nothing, and a tenant"
            + " with a limit of money cannot use it. To set one: chatgate price set --stack"
            + " chatgate-test fast --prompt USD --completion USD");
    assertEquals(1, result.lines().stream().filter(line -> line.contains("  price  ")).count());
  }

  @Test
  void doorsThatFailAreFailures() {
    streamDoor.answers(502, "Internal Server Error");
    apiDoor.answers(
        502, "{\"error\":{\"message\":\"The key is refused.\",\"code\":\"upstream_auth\"}}");
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(
        result,
        "FAIL      streaming door           HTTP 502 with an answer that is not the gateway's.");
    assertTrue(result.out().contains("Look into the log group of the door's function."));
    assertLine(
        result,
        "FAIL      API door                 HTTP 502 upstream_auth: The key is refused. Request ID:");
    assertTrue(
        result.out().contains("chatgate provider-key check --stack chatgate-test"), result.out());
    assertNoTenantIsLeft();
  }

  @Test
  void aDoorThatIsNotThereIsAFailure() {
    var away = new FakeDoor();
    away.close();
    aws.output("StreamBaseUrl", "http://127.0.0.1:" + away.port() + "/openai/v1");
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(
        result, "FAIL      streaming door           No usable answer from http://127.0.0.1:");
    assertLine(result, "ok        API door, usage");
    assertNoTenantIsLeft();
  }

  @Test
  void anIncompleteStreamIsAFailure() {
    streamDoor.answers(200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(
        result, "FAIL      streaming door           HTTP 200 with an answer that is not complete.");
  }

  @Test
  void aCallWithoutARecordIsAFailure() {
    streamDoor.meanwhile(() -> {});
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(
        result, "FAIL      streaming door, usage    The call has no usage record after 30 s.");
    assertNoTenantIsLeft();
  }

  @Test
  void aRecordWithoutTokensIsAFailure() {
    used = new TokenCounts(0, 0, 0);
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(result, "FAIL      streaming door, usage    The usage record has no tokens");
  }

  @Test
  void aDifferenceOfTheAuditIsAFailure() {
    apiDoor.meanwhile(() -> {
      settle(apiDoor);
      traffic.tamper(QuotaKey.of(credential(apiDoor).tenant().id()), ItemNames.TOKENS_HELD, 3);
    });
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(result, "FAIL      audit                    doctor-");
    assertNoTenantIsLeft();
  }

  @Test
  void aReserveThatIsStillHeldIsAWarning() {
    apiDoor.meanwhile(() -> {
      settle(apiDoor);
      var _ = traffic.die(credential(apiDoor).tenant(), "fast", Optional.empty(), 50);
    });
    assertLine(
        doctor(), "warn      audit                    1 call of the trial tenant: not settled");
  }

  @Test
  void aReconcilerThatIsSilentIsAFailure() {
    assertEquals(0, operator().run("tenant", "create", "acme", "--local").exitCode());
    streamDoor.meanwhile(() -> settle(streamDoor));
    var _ = traffic.die(tenant("acme"), "fast", Optional.empty(), 50);
    assertLine(doctor(), "ok        reconciler               No call waits longer than 10 minutes");
    clock.advance(Duration.ofMinutes(20));
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(result, "FAIL      reconciler               1 call ended more than 10 minutes ago");
  }

  private Tenant tenant(String id) {
    return new TenantEditor(aws.client(), Tables.LOCAL, new Random(1), clock)
        .find(new TenantId(id))
        .orElseThrow();
  }

  @Test
  void withoutAProviderKeyNoCallIsMade() {
    aws.secrets().clear();
    var result = doctor();
    assertEquals(1, result.exitCode());
    assertLine(
        result, "FAIL      provider key             No provider key is set, and no call is made.");
    assertEquals(List.of(), streamDoor.calls());
    assertNoTenantIsLeft();
  }

  @Test
  void aTenantThatCannotBeRemovedIsNamedAndRemovedLater() {
    apiDoor.meanwhile(() -> {
      settle(apiDoor);
      aws.expire(true);
    });
    var result = doctor();
    aws.expire(false);
    assertEquals(1, result.exitCode());
    assertLine(result, "FAIL      API door, usage          The AWS login has expired");
    assertLine(result, "FAIL      trial tenant             Tenant doctor-");
    assertTrue(
        result.out().contains(" --yes --stack chatgate-test")
            && result.out().contains("To remove it: chatgate tenant delete doctor-"),
        result.out());
    assertTrue(operator().run("tenant", "list", "--local").out().contains("doctor-"));

    apiDoor.meanwhile(() -> settle(apiDoor));
    assertLine(doctor(), "warn      leftovers                Tenants of other runs: doctor-");
    var removed = doctorRemoves();
    assertEquals(0, removed.exitCode(), removed.err());
    assertLine(removed, "ok        leftovers                Removed tenant doctor-");
    assertNoTenantIsLeft();
  }

  private Result doctorRemoves() {
    return operator().run("doctor", "--remove-leftovers", "--local");
  }

  @Test
  void onlyTenantsOfRunsAreRemoved() {
    for (var id : List.of("doctor-who", "doctor-0123456789ab", "doctor-0123456789abc")) {
      assertEquals(0, operator().run("tenant", "create", id, "--local").exitCode());
    }
    assertEquals(
        "ok        leftovers                Removed tenant doctor-0123456789ab.\n",
        doctorRemoves().out());
    assertEquals(
        "ok        leftovers                No tenant of another run is left.\n",
        doctorRemoves().out());
    var left = operator().run("tenant", "list", "--local").out();
    assertTrue(left.contains("doctor-who") && left.contains("doctor-0123456789abc"), left);
  }

  @Test
  void anInterruptRemovesTheTenant() {
    var command = Thread.currentThread();
    streamDoor.meanwhile(command::interrupt);
    var result = doctor();
    assertTrue(Thread.interrupted());
    assertEquals(2, result.exitCode());
    assertEquals("Interrupted.\n", result.err());
    assertLine(result, "ok        trial tenant             Tenant doctor-");
    assertNoTenantIsLeft();
  }

  @Test
  void anInterruptWhileItWaitsForARecordRemovesTheTenant() {
    streamDoor.meanwhile(() -> {});
    var result =
        operator()
            .pausing(_ -> Thread.currentThread().interrupt())
            .run("doctor", "--model", "fast", "--local");
    assertTrue(Thread.interrupted());
    assertEquals(2, result.exitCode());
    assertLine(result, "ok        trial tenant             Tenant doctor-");
    assertNoTenantIsLeft();
  }

  @Test
  void withoutAModelTheFirstPricedOneIsCalled() {
    assertEquals(
        new Result(2, "", "The price list is empty: use --model MODEL.\n"),
        operator().run("doctor", "--local"));
    var set =
        operator().run("price", "set", "fast", "--prompt", "1", "--completion", "2", "--local");
    assertEquals(0, set.exitCode(), set.err());
    assertEquals(0, operator().run("doctor", "--local").exitCode());
    assertTrue(streamDoor.calls().getFirst().body().contains("\"model\":\"fast\""));
  }

  @Test
  void aStackThatDoesNotExistIsAnError() {
    var result = operator().run("doctor", "--model", "fast", "--stack", "other");
    assertEquals(new Result(2, "", "Stack other does not exist in us-east-1.\n"), result);
  }

  @Test
  void jsonComesAtTheEnd() {
    var result = doctor("--json");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.out().startsWith("[\n") && result.out().endsWith("]\n"), result.out());
    assertTrue(result.out().contains("\"check\" : \"streaming door, usage\""), result.out());
    assertTrue(result.out().contains("\"result\" : \"not_seen\""), result.out());
  }
}
