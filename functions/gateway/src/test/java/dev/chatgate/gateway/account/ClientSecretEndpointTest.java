package dev.chatgate.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.GatewayHarness.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.clientsecret.ClientSecretResult;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientSecretEndpointTest {
  private static final String PATH = "/openai/v1/client_secrets";
  private static final Map<String, String> KEY = Map.of("authorization", "Bearer key");
  private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00.123Z");

  private final GatewayHarness harness;

  ClientSecretEndpointTest() throws IOException {
    harness = new GatewayHarness();
    tenant("{\"id\":\"acme\"}");
  }

  /** Whatever is asked for, nothing is stored, held or sent, and no secret is logged. */
  @AfterEach
  void stop() {
    assertEquals(List.of(), harness.ledger.claims());
    assertEquals(List.of(), harness.bodiesAtProvider);
    assertFalse(harness.log().contains("ek_"), harness.log());
    assertFalse(harness.log().contains("ann@"), harness.log());
    assertFalse(harness.log().contains("\"defect\""), harness.log());
    harness.close();
  }

  private void tenant(String json) {
    harness.tenant(json).key(key -> created(key, key.tenant()));
  }

  private static Credential created(Credential key, Tenant tenant) {
    return new Credential(
        tenant, Optional.of(CREATED), key.keyName(), 7, key.expiresAt(), key.scopes());
  }

  private Answer mint(String body) {
    return harness.call("POST", PATH, KEY, body);
  }

  private static JsonNode json(Answer answer) {
    try {
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(answer.body(), e);
    }
  }

  private ClientSecret read(String token) {
    var codec = new ClientSecretCodec(harness.signing, InstantSource.system());
    return assertInstanceOf(ClientSecretResult.Valid.class, codec.read(token)).secret();
  }

  private ClientSecret minted(String body) {
    var answer = mint(body);
    assertEquals(200, answer.status(), answer.body());
    return read(json(answer).get("value").asText());
  }

  private void assertRefused(String body, String code, String param) {
    var answer = mint(body);
    assertEquals(400, answer.status(), answer.body());
    assertEquals(code, answer.code(), answer.body());
    assertEquals(param, json(answer).at("/error/param").asText(), answer.body());
    assertFalse(answer.body().contains("ek_"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"expires_after\":null,\"user\":null,\"tier\":null,\"models\":null,\"max_tokens_per_request\":null,"
            + "\"allowed_origins\":null}",
        "{\"expires_after\":{}}",
        "{\"expires_after\":{\"anchor\":\"created_at\"}}",
        "{\"expires_after\":{\"anchor\":null,\"seconds\":null}}"
      })
  void withoutMembersItIsAsWideAsTheTenantForTenMinutes(String body) {
    long before = Instant.now().getEpochSecond();
    var answer = mint(body);
    assertEquals(200, answer.status(), answer.body());
    assertEquals("no-store", answer.header("cache-control"));
    assertEquals("application/json", answer.header("content-type"));
    var json = json(answer);
    long created = json.get("created_at").asLong();
    assertTrue(created >= before && created <= Instant.now().getEpochSecond());
    var value = json.get("value").asText();
    assertEquals(
        "{\"object\":\"client_secret\",\"value\":\"%s\",\"created_at\":%d,\"expires_at\":%d,\"user\":null,\"tier\":null,\"models\":null,\"max_tokens_per_request\":null,\"allowed_origins\":null}"
            .formatted(value, created, created + 600),
        answer.body());
    var secret = read(value);
    assertEquals(
        new ClientSecret(
            new TenantId("acme"),
            Optional.of(CREATED),
            7,
            secret.id(),
            Instant.ofEpochSecond(created),
            Instant.ofEpochSecond(created + 600),
            Optional.empty(),
            Optional.empty(),
            Narrowing.NONE),
        secret);
  }

  @Test
  void everyMemberIsInTheAnswerAndInTheClientSecret() {
    tenant(
        "{\"id\":\"acme\",\"models\":[\"m\",\"fast\",\"other\"],\"model_aliases\":{\"fast\":\"m\"},"
            + "\"allowed_origins\":[\"https://a.example\",\"https://b.example\"],"
            + "\"quota\":{\"max_tokens_per_request\":500}}");
    var answer =
        mint(
            """
            {"expires_after":{"anchor":"created_at","seconds":7200},"user":"ann@example.com",
             "models":["fast","m"],"max_tokens_per_request":500,
             "allowed_origins":["https://b.example"]}
            """);
    assertEquals(200, answer.status(), answer.body());
    var json = json(answer);
    assertEquals(
        "\"user\":\"ann@example.com\",\"tier\":null,\"models\":[\"fast\",\"m\"],\"max_tokens_per_request\":500,\"allowed_origins\":[\"https://b.example\"]}",
        answer.body().substring(answer.body().indexOf("\"user\"")));
    assertEquals(7200, json.get("expires_at").asLong() - json.get("created_at").asLong());
    var secret = read(json.get("value").asText());
    assertEquals(Optional.of(new EndUser("ann@example.com")), secret.endUser());
    assertEquals(
        new Narrowing(
            Optional.of(List.of("fast", "m")),
            OptionalLong.of(500),
            Optional.of(List.of("https://b.example"))),
        secret.narrowing());
  }

  @ParameterizedTest
  @CsvSource({"10", "11", "600", "7200"})
  void aLifetimeIsTenSecondsToTwoHours(int seconds) {
    var secret = minted("{\"expires_after\":{\"seconds\":%d}}".formatted(seconds));
    assertEquals(
        Duration.ofSeconds(seconds), Duration.between(secret.createdAt(), secret.expiresAt()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"expires_after\":{\"seconds\":9}}|invalid_value|expires_after.seconds",
        "{\"expires_after\":{\"seconds\":7201}}|invalid_value|expires_after.seconds",
        "{\"expires_after\":{\"seconds\":-600}}|invalid_value|expires_after.seconds",
        "{\"expires_after\":{\"seconds\":99999999999999999999}}|invalid_value|expires_after.seconds",
        "{\"expires_after\":{\"seconds\":600.5}}|invalid_type|expires_after.seconds",
        "{\"expires_after\":{\"seconds\":\"600\"}}|invalid_type|expires_after.seconds",
        "{\"expires_after\":{\"anchor\":\"last_active_at\"}}|invalid_value|expires_after.anchor",
        "{\"expires_after\":{\"anchor\":1}}|invalid_type|expires_after.anchor",
        "{\"expires_after\":600}|invalid_type|expires_after",
        "{\"expires_after\":{\"days\":1}}|invalid_value|expires_after.days",
        "{\"tier\":\"\"}|invalid_value|tier",
        "{\"tier\":7}|invalid_type|tier",
        "{\"tier\":[\"pro\"]}|invalid_type|tier",
        "{\"tier\":\"pro\",\"user\":\"ann\"}|invalid_value|tier",
        "{\"session\":{\"type\":\"realtime\"}}|invalid_value|session",
        "{\"expiresAfter\":null}|invalid_value|expiresAfter",
        "{\"Models\":[\"m\"]}|invalid_value|Models",
        "{\"user\":\"\"}|invalid_value|user",
        "{\"user\":\" \"}|invalid_value|user",
        "{\"user\":\"ann b\"}|invalid_value|user",
        "{\"user\":\"ann\\u0000\"}|invalid_value|user",
        "{\"user\":\"\u00e4nn\"}|invalid_value|user",
        "{\"user\":7}|invalid_type|user",
        "{\"user\":[\"ann\"]}|invalid_type|user",
        "{\"models\":[]}|invalid_value|models",
        "{\"models\":\"m\"}|invalid_type|models",
        "{\"models\":[null]}|invalid_type|models[0]",
        "{\"models\":[\"m\",7]}|invalid_type|models[1]",
        "{\"models\":[\"m\",\" \"]}|invalid_value|models[1]",
        "{\"models\":[\"*\"]}|invalid_value|models[0]",
        "{\"models\":[{\"id\":\"m\"}]}|invalid_type|models[0]",
        "{\"max_tokens_per_request\":0}|invalid_value|max_tokens_per_request",
        "{\"max_tokens_per_request\":-1}|invalid_value|max_tokens_per_request",
        "{\"max_tokens_per_request\":1.0}|invalid_type|max_tokens_per_request",
        "{\"max_tokens_per_request\":1000000001}|invalid_value|max_tokens_per_request",
        "{\"max_tokens_per_request\":\"5\"}|invalid_type|max_tokens_per_request",
        "{\"allowed_origins\":[]}|invalid_value|allowed_origins",
        "{\"allowed_origins\":\"https://a.example\"}|invalid_type|allowed_origins",
        "{\"allowed_origins\":[7]}|invalid_type|allowed_origins[0]",
        "{\"allowed_origins\":[\"*\"]}|invalid_value|allowed_origins[0]"
      })
  void aWrongMemberIsNamed(String body, String code, String param) {
    assertRefused(body, code, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "' '|invalid_json",
        "null|invalid_type",
        "[]|invalid_type",
        "{|invalid_json",
        "{}{}|invalid_json",
        "{\"user\":\"a\",\"user\":\"b\"}|duplicate_key",
        "{\"user\":\"\\ud800\"}|invalid_json"
      })
  void aBodyThatIsNoJsonObjectIsA400(String body, String code) {
    var answer = mint(body);
    assertEquals(400, answer.status());
    assertEquals(code, answer.code());
  }

  @Test
  void aUserHasUpTo128Characters() {
    var longest = "u".repeat(128);
    assertEquals(
        Optional.of(new EndUser(longest)),
        minted("{\"user\":\"%s\"}".formatted(longest)).endUser());
    assertRefused("{\"user\":\"%su\"}".formatted(longest), "invalid_value", "user");
  }

  @Test
  void aTenantThatRequiresAPersonGetsNoClientSecretWithoutOne() {
    harness.key(key ->
        created(
            key,
            new Tenant(
                key.tenant().id(),
                key.tenant().status(),
                key.tenant().quota(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                true,
                List.of())));
    assertRefused("", "missing_required_parameter", "user");
    assertRefused("{\"user\":null}", "missing_required_parameter", "user");
    assertEquals(
        Optional.of(new EndUser("ann@example.com")),
        minted("{\"user\":\"ann@example.com\"}").endUser());
  }

  @Test
  void modelsAreSomeOfTheTenants() {
    tenant("{\"id\":\"acme\",\"models\":[\"m\",\"fast\"],\"model_aliases\":{\"fast\":\"hidden\"}}");
    assertEquals(
        Optional.of(List.of("fast")), minted("{\"models\":[\"fast\"]}").narrowing().models());
    assertRefused("{\"models\":[\"m\",\"other\"]}", "invalid_value", "models[1]");
    assertRefused("{\"models\":[\"hidden\"]}", "invalid_value", "models[0]");
    assertRefused("{\"models\":[\"M\"]}", "invalid_value", "models[0]");
    assertRefused("{\"models\":[\"*\"]}", "invalid_value", "models[0]");
  }

  @Test
  void whereTheTenantMayUseAllModelsAnyCanBeNamed() {
    tenant("{\"id\":\"acme\",\"models\":[\"*\"]}");
    assertEquals(
        Optional.of(List.of("provider/x")),
        minted("{\"models\":[\"provider/x\"]}").narrowing().models());
    assertRefused("{\"models\":[\"*\"]}", "invalid_value", "models[0]");
  }

  @Test
  void whereTheTenantMayUseNoModelNoneCanBeNamed() {
    tenant("{\"id\":\"acme\",\"models\":[]}");
    assertRefused("{\"models\":[\"m\"]}", "invalid_value", "models[0]");
  }

  @Test
  void tokensAreAtMostTheTenants() {
    tenant("{\"id\":\"acme\",\"quota\":{\"max_tokens_per_request\":100}}");
    assertEquals(
        OptionalLong.of(100),
        minted("{\"max_tokens_per_request\":100}").narrowing().maxTokensPerRequest());
    assertRefused("{\"max_tokens_per_request\":101}", "invalid_value", "max_tokens_per_request");
    tenant("{\"id\":\"acme\",\"quota\":{\"max_tokens_per_request\":0}}");
    assertRefused("{\"max_tokens_per_request\":1}", "invalid_value", "max_tokens_per_request");
  }

  private static final EndUserTier PRO =
      new EndUserTier(
          "pro",
          new Quota(Map.of(Quota.MAX_TOKENS_PER_REQUEST, 50L)),
          Optional.of(List.of("m", "fast")));

  private void tiers() {
    tenant("{\"id\":\"acme\",\"models\":[\"m\",\"other\"]}");
    harness.key(key ->
        created(
            key,
            key.tenant()
                .withEndUserTiers(
                    List.of(new EndUserTier(EndUserTier.DEFAULT, Quota.UNLIMITED), PRO))));
  }

  @Test
  void aTierIsOneOfTheTenantsAndAPersons() {
    tiers();
    var secret = minted("{\"user\":\"ann\",\"tier\":\"pro\"}");
    assertEquals(Optional.of("pro"), secret.tier());
    assertTrue(
        mint("{\"user\":\"ann\",\"tier\":\"default\"}").body().contains("\"tier\":\"default\""));
    assertRefused("{\"user\":\"ann\",\"tier\":\"Pro\"}", "invalid_value", "tier");
    assertRefused("{\"tier\":\"pro\"}", "missing_required_parameter", "user");
    assertRefused("{\"tier\":\"gold\"}", "invalid_value", "tier");
    assertEquals(Optional.empty(), minted("{\"user\":\"ann\",\"tier\":null}").tier());
  }

  @Test
  void aClientSecretIsNoWiderThanTheTierThatItNames() {
    tiers();
    var pro = "{\"user\":\"ann\",\"tier\":\"pro\",%s}";
    minted(pro.formatted("\"models\":[\"m\"],\"max_tokens_per_request\":50"));
    assertRefused(pro.formatted("\"models\":[\"other\"]"), "invalid_value", "models[0]");
    assertRefused(pro.formatted("\"models\":[\"m\",\"fast\"]"), "invalid_value", "models[1]");
    assertRefused(
        pro.formatted("\"max_tokens_per_request\":51"), "invalid_value", "max_tokens_per_request");
    minted("{\"user\":\"ann\",\"models\":[\"other\"],\"max_tokens_per_request\":51}");
  }

  @Test
  void theLongestPersonAndTierFit() {
    var tier = "t".repeat(EndUserTier.MAX_NAME_LENGTH);
    harness.key(key ->
        created(
            key,
            key.tenant()
                .withEndUserTiers(
                    List.of(
                        new EndUserTier(EndUserTier.DEFAULT, Quota.UNLIMITED),
                        new EndUserTier(tier, Quota.UNLIMITED)))));
    minted("{\"user\":\"%s\",\"tier\":\"%s\"}".formatted("u".repeat(128), tier));
    assertRefused("{\"user\":\"u\",\"tier\":\"%st\"}".formatted(tier), "invalid_value", "tier");
  }

  @Test
  void originsAreSomeOfTheTenants() {
    harness.origins("https://a.example", "https://c.example");
    tenant("{\"id\":\"acme\",\"allowed_origins\":[\"https://a.example\",\"https://b.example\"]}");
    assertEquals(
        Optional.of(List.of("https://b.example", "https://a.example")),
        minted("{\"allowed_origins\":[\"https://b.example\",\"https://a.example\"]}")
            .narrowing()
            .allowedOrigins());
    for (var other :
        List.of("https://c.example", "https://A.example", "https://a.example/", "null", "*")) {
      assertRefused(
          "{\"allowed_origins\":[\"https://a.example\",\"%s\"]}".formatted(other),
          "invalid_value",
          "allowed_origins[1]");
    }
  }

  @Test
  void theDeploymentsOriginsAreThoseOfATenantWithoutItsOwn() {
    harness.origins("https://a.example");
    assertEquals(
        Optional.of(List.of("https://a.example")),
        minted("{\"allowed_origins\":[\"https://a.example\"]}").narrowing().allowedOrigins());
    assertRefused(
        "{\"allowed_origins\":[\"https://b.example\"]}", "invalid_value", "allowed_origins[0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:8080",
        "https://xn--mnchen-3ya.example",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnop"
      })
  void whereAllOriginsAreAllowedAnyCanBeNamed(String origin) {
    assertEquals(
        Optional.of(List.of(origin)),
        minted("{\"allowed_origins\":[\"%s\"]}".formatted(origin)).narrowing().allowedOrigins());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "https://",
        "https:a.example",
        "https://a.example/",
        "https://a.example/path",
        "https://a.example?x",
        "https://a.example#x",
        "https://user@a.example",
        "https://a.example:",
        "https://a.example:123456",
        "https://A.example",
        "HTTPS://a.example",
        "https://a.example, https://b.example",
        "https://m\u00fcnchen.example",
        "https://*.example",
        "null"
      })
  void butItMustBeAnOriginAsABrowserSendsIt(String origin) {
    assertRefused(
        "{\"allowed_origins\":[\"%s\"]}".formatted(origin), "invalid_value", "allowed_origins[0]");
  }

  @Test
  void listsThatAreTooLongForAClientSecretAreRefused() {
    assertRefused(list("models", 51, "m%d"), "invalid_value", "models");
    assertRefused(list("allowed_origins", 21, "https://a%d"), "invalid_value", "allowed_origins");
    var models = mint(list("models", 20, "provider/a-model-with-a-long-name-%d"));
    assertEquals("invalid_value", models.code());
    assertEquals("models", json(models).at("/error/param").asText());
    assertTrue(models.body().contains("too long"), models.body());
    var origins = mint(list("allowed_origins", 20, "https://%d.a-long-name.example"));
    assertEquals("allowed_origins", json(origins).at("/error/param").asText());
    assertTrue(origins.body().contains("too long"), origins.body());
    assertEquals(
        Optional.of(50), minted(list("models", 50, "m%d")).narrowing().models().map(List::size));
  }

  private static String list(String name, int number, String form) {
    return IntStream.range(0, number)
        .mapToObj(i -> "\"" + form.formatted(i) + "\"")
        .collect(Collectors.joining(",", "{\"" + name + "\":[", "]}"));
  }

  @Test
  void everyClientSecretHasAnIdOfItsOwnWhichIsLogged() {
    var ids = new HashSet<String>();
    for (int i = 0; i < 100; i++) {
      harness.logged.reset();
      var id = minted("").id();
      assertTrue(id.matches("[A-Za-z0-9_-]{22}"), id);
      assertTrue(ids.add(id), id);
      assertTrue(harness.log().contains("\"client_secret\":\"" + id + "\""), harness.log());
      assertTrue(harness.log().contains("\"route\":\"client_secrets\""), harness.log());
    }
  }

  @Test
  void mintingReadsNoMoreThanAnyCallWithAKey() {
    var usual = harness.call("GET", "/v1/models/none", KEY, "");
    assertEquals(404, usual.status());
    var reads = List.copyOf(harness.tenants.reads);
    harness.tenants.reads.clear();
    assertEquals(200, mint("{\"user\":\"ann@example.com\"}").status());
    assertEquals(reads, harness.tenants.reads);
    harness.bodiesAtProvider.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {PATH, "/v1/client_secrets", "/v1//client_secrets/"})
  void thePathIsThatOfOpenAiWithAndWithoutPrefix(String path) {
    assertEquals(200, harness.call("POST", path, KEY, "").status());
    var get = harness.call("GET", path, KEY, "");
    assertEquals(405, get.status());
    assertEquals("POST", get.header("allow"));
    assertEquals(401, harness.call("POST", path, Map.of(), "").status());
  }

  @Test
  void theBodyIsCheckedLikeThatOfACall() {
    assertEquals("unsupported_media_type", withHeader("content-type", "text/plain").code());
    assertEquals("unsupported_media_type", withHeader("content-encoding", "gzip").code());
    assertEquals(200, withHeader("content-type", "application/json; charset=utf-8").status());
    harness.maxBodyBytes(10);
    assertEquals("request_too_large", mint("{\"user\":\"x\"}").code());
    var undecodable =
        new GatewayRequest(
            ApiHandler.DOOR,
            "POST",
            PATH,
            "",
            KEY,
            new GatewayRequest.Body.Undecodable(),
            Instant.now().plusSeconds(20));
    var response = new BufferedResponse();
    harness.gateway().handle(undecodable, response);
    assertEquals(400, response.status());
  }

  private Answer withHeader(String name, String value) {
    var headers = new HashMap<>(KEY);
    headers.put(name, value);
    return harness.call("POST", PATH, headers, "{}");
  }

  @Test
  void aPageOfAnAllowedOriginCanMint() {
    harness.origins("https://a.example");
    var preflight =
        harness.call(
            "OPTIONS",
            PATH,
            Map.of(
                "origin", "https://a.example",
                "access-control-request-headers", "authorization,content-type"),
            "");
    assertEquals(204, preflight.status());
    assertEquals("https://a.example", preflight.header("access-control-allow-origin"));
    var allowed = withHeader("origin", "https://a.example");
    assertEquals(200, allowed.status());
    assertEquals("https://a.example", allowed.header("access-control-allow-origin"));
    var foreign = withHeader("origin", "https://b.example");
    assertEquals("origin_not_allowed", foreign.code());
    assertNotEquals("https://b.example", foreign.header("access-control-allow-origin"));
  }

  @Test
  void aMintedClientSecretWorksAtOnce() {
    var token = json(mint("{\"models\":[\"priced\"]}")).get("value").asText();
    var models =
        harness.call("GET", "/v1/models/priced", Map.of("authorization", "Bearer " + token), "");
    assertEquals(200, models.status());
    harness.bodiesAtProvider.clear();
  }
}
