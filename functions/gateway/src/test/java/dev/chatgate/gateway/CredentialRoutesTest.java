package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.gateway.GatewayHarness.Answer;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.login.LoginResult;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.telemetry.EmfRules;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every route with every kind of credential: the answer, what the provider gets, what is read from
 * the store, and what is logged.
 */
class CredentialRoutesTest {
  private static final String KEY = "cg_" + "0123456789abcdef".repeat(4);
  private static final String OTHER_KEY = "cg_" + "fedcba9876543210".repeat(4);
  private static final String JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJNNFJLIn0.c2lnbmVk";
  private static final String PERSON = "M4RK@example.com";

  /** By {@code openssl dgst -sha256 -mac HMAC}, with the log's key of the harness. */
  private static final String PERSON_HASH = "aacb20291f8017f84972c6689d66cd5c";

  private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");
  private static final String BODY =
      "{\"model\":\"priced\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":10}";

  private final GatewayHarness harness;

  CredentialRoutesTest() throws IOException {
    harness = new GatewayHarness().offline();
    harness.tenants.keys.clear();
    harness.tenants.anyKeyForm = false;
    put(KEY, 3, Scope.DEFAULT);
  }

  /** The routes that need a credential. */
  enum Path {
    CHAT("POST", "/v1/chat/completions", BODY),
    MODELS("GET", "/openai/v1/models", ""),
    MODEL("GET", "/v1/models/priced", ""),
    USAGE("GET", "/openai/v1/usage", ""),
    MINT("POST", "/openai/v1/client_secrets", "");

    private final String method;
    private final String path;
    private final String body;

    Path(String method, String path, String body) {
      this.method = method;
      this.path = path;
      this.body = body;
    }
  }

  /** A kind of credential and the answers to it: {@code ok}, or the code of an error. */
  enum Kind {
    TENANT_KEY(test -> KEY, "[key]", "ok", "ok", "ok"),
    KEY_FOR_NOTHING(test -> test.key(), "[key]", "not_allowed", "not_allowed", "not_allowed"),
    KEY_FOR_CALLS(test -> test.key(Scope.CALLS), "[key]", "ok", "not_allowed", "not_allowed"),
    KEY_FOR_USAGE(test -> test.key(Scope.USAGE), "[key]", "not_allowed", "ok", "not_allowed"),
    KEY_FOR_MINTING(
        test -> test.key(Scope.CLIENT_SECRETS), "[key]", "not_allowed", "not_allowed", "ok"),
    NO_KEY(test -> "", "[]", "invalid_api_key"),
    UNKNOWN_KEY(test -> OTHER_KEY, "[key]", "invalid_api_key"),
    KEY_OF_ANOTHER_FORM(test -> "M4RK", "[index]", "invalid_api_key"),
    EXPIRED_KEY(CredentialRoutesTest::expiredKey, "[key]", "invalid_api_key"),
    KEY_OF_A_SUSPENDED_TENANT(
        test -> {
          test.suspend();
          return KEY;
        },
        "[key]",
        "tenant_suspended"),
    CLIENT_SECRET(test -> test.clientSecret(), "[key number]", "ok", "ok", "not_allowed"),
    CLIENT_SECRET_OF_A_KEY_THAT_ONLY_MINTS(
        test -> {
          test.key(Scope.CLIENT_SECRETS);
          return test.clientSecret();
        },
        "[key number]",
        "ok",
        "ok",
        "not_allowed"),
    CLIENT_SECRET_OF_A_SUSPENDED_TENANT(
        test -> {
          test.suspend();
          return test.clientSecret();
        },
        "[key number]",
        "tenant_suspended"),
    EXPIRED_CLIENT_SECRET(
        test -> test.harness.clientSecret(secret(Instant.now().minusSeconds(1), CREATED, 3)),
        "[]",
        "credential_expired"),
    TAMPERED_CLIENT_SECRET(test -> tampered(test.clientSecret()), "[index]", "invalid_api_key"),
    CLIENT_SECRET_OF_ANOTHER_DEPLOYMENT(
        test ->
            new ClientSecretCodec(new KnownSigningSecret("another"), InstantSource.system())
                .write(secret(later(), CREATED, 3))
                .orElseThrow(),
        "[index]",
        "invalid_api_key"),
    CLIENT_SECRET_OF_AN_EARLIER_TENANT_OF_THE_SAME_NAME(
        test -> test.harness.clientSecret(secret(later(), CREATED.minusSeconds(1), 3)),
        "[key number]",
        "invalid_api_key"),
    CLIENT_SECRET_OF_A_REVOKED_KEY(
        test -> test.harness.clientSecret(secret(later(), CREATED, 4)),
        "[key number]",
        "invalid_api_key"),
    CLIENT_SECRET_OF_AN_EXPIRED_KEY(
        test -> {
          test.expiredKey();
          return test.clientSecret();
        },
        "[key number]",
        "invalid_api_key"),
    CLIENT_SECRET_OF_A_KEY_THAT_MAY_NOT_MINT_ANY_MORE(
        test -> {
          test.key(Scope.CALLS, Scope.USAGE);
          return test.clientSecret();
        },
        "[key number]",
        "invalid_api_key"),
    CLIENT_SECRET_WHILE_THE_SIGNING_SECRET_IS_AWAY(
        test -> {
          var token = test.clientSecret();
          test.harness.signing.away = true;
          return token;
        },
        "[]",
        "identity_unavailable"),
    LOGIN(
        test ->
            test.login(new LoginResult.Valid(test.tenant(), new EndUser(PERSON), Optional.empty())),
        "[]",
        "ok",
        "ok",
        "not_allowed"),
    LOGIN_AT_A_SUSPENDED_TENANT(
        test -> {
          test.suspend();
          return test.login(
              new LoginResult.Valid(test.tenant(), new EndUser(PERSON), Optional.empty()));
        },
        "[]",
        "tenant_suspended"),
    EXPIRED_LOGIN(test -> test.login(new LoginResult.Expired()), "[]", "credential_expired"),
    FORGED_LOGIN(test -> test.login(new LoginResult.Invalid()), "[index]", "invalid_api_key"),
    LOGIN_WHILE_THE_ISSUER_IS_AWAY(
        test -> test.login(new LoginResult.Unavailable(Duration.ofSeconds(7))),
        "[]",
        "identity_unavailable");

    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<CredentialRoutesTest, String> token;

    private final String reads;
    private final String calls;
    private final String usage;
    private final String mint;

    Kind(Function<CredentialRoutesTest, String> token, String reads, String always) {
      this(token, reads, always, always, always);
    }

    Kind(
        Function<CredentialRoutesTest, String> token,
        String reads,
        String calls,
        String usage,
        String mint) {
      this.token = token;
      this.reads = reads;
      this.calls = calls;
      this.usage = usage;
      this.mint = mint;
    }

    String expected(Path path) {
      return switch (path) {
        case CHAT, MODELS, MODEL -> calls;
        case USAGE -> usage;
        case MINT -> mint;
      };
    }
  }

  static Stream<Arguments> everyRouteWithEveryCredential() {
    return Arrays.stream(Kind.values())
        .flatMap(kind -> Arrays.stream(Path.values()).map(path -> Arguments.of(kind, path)));
  }

  @AfterEach
  void stop() {
    harness.log().lines().forEach(EmfRules::check);
    harness.close();
  }

  @ParameterizedTest
  @MethodSource
  void everyRouteWithEveryCredential(Kind kind, Path path) {
    var token = kind.token.apply(this);
    var answer = call(path, token);

    assertEquals(kind.expected(path), answer.status() == 200 ? "ok" : answer.code());
    assertEquals(kind.reads, harness.tenants.reads.toString());
    boolean called = path == Path.CHAT && answer.status() == 200;
    assertEquals(called ? List.of(BODY) : List.of(), harness.bodiesAtProvider);
    assertEquals(called ? 1 : 0, harness.ledger.claims().size());
    assertEquals(harness.ledger.claims().size(), harness.ledger.settled().size());
    assertNothingSecretIn(answer, token);
  }

  private void assertNothingSecretIn(Answer answer, String token) {
    for (var secret : List.of(KEY, OTHER_KEY, PERSON, "M4RK", JWT)) {
      assertFalse(harness.log().contains(secret), harness.log());
      assertFalse(answer.body().contains(secret), answer.body());
    }
    if (!token.isEmpty()) {
      assertFalse(harness.log().contains(token), harness.log());
      assertFalse(answer.body().contains(token), answer.body());
    }
  }

  @Test
  void aMissingKeyIsToldHowToSendIt() {
    assertTrue(call(Path.CHAT, "").body().contains("Authorization: Bearer"));
  }

  @Test
  void allCredentialsThatAreNotValidGetTheSameAnswer() {
    var answers = new HashSet<String>();
    for (var kind :
        List.of(
            Kind.UNKNOWN_KEY,
            Kind.KEY_OF_ANOTHER_FORM,
            Kind.TAMPERED_CLIENT_SECRET,
            Kind.CLIENT_SECRET_OF_ANOTHER_DEPLOYMENT,
            Kind.CLIENT_SECRET_OF_A_REVOKED_KEY,
            Kind.CLIENT_SECRET_OF_AN_EARLIER_TENANT_OF_THE_SAME_NAME,
            Kind.FORGED_LOGIN,
            Kind.EXPIRED_KEY)) {
      var answer = call(Path.CHAT, kind.token.apply(this));
      assertEquals(401, answer.status());
      answers.add(answer.body());
    }
    assertEquals(1, answers.size(), answers::toString);
  }

  @Test
  void anExpiredTokenIsA401ThatSaysWhatToDo() {
    var answer = call(Path.CHAT, Kind.EXPIRED_CLIENT_SECRET.token.apply(this));
    assertEquals(401, answer.status());
    assertTrue(answer.body().contains("Fetch a new one"), answer.body());
  }

  @Test
  void whileKeysAreAwayTheAnswerSaysWhenToTryAgain() {
    var issuer = call(Path.CHAT, Kind.LOGIN_WHILE_THE_ISSUER_IS_AWAY.token.apply(this));
    assertEquals(503, issuer.status());
    assertEquals("7", issuer.header("retry-after"));
    var secret =
        call(Path.CHAT, Kind.CLIENT_SECRET_WHILE_THE_SIGNING_SECRET_IS_AWAY.token.apply(this));
    assertEquals(503, secret.status());
    assertEquals("1", secret.header("retry-after"));
    var mint = call(Path.MINT, KEY);
    assertEquals(503, mint.status());
    assertEquals("identity_unavailable", mint.code());
    assertEquals("1", mint.header("retry-after"));
    assertEquals(200, call(Path.CHAT, KEY).status(), "a key does not need the signing secret");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TENANT_KEY", "CLIENT_SECRET", "KEY_OF_ANOTHER_FORM"})
  void anUnavailableStoreIsA503(Kind kind) {
    var token = kind.token.apply(this);
    harness.tenants.away = true;
    for (var path : Path.values()) {
      assertEquals("quota_store_unavailable", call(path, token).code());
    }
  }

  /** The claim is what limits and records are made from. */
  @Test
  void theClaimNamesTheKeyAndThePerson() {
    call(Path.CHAT, KEY);
    call(Path.CHAT, clientSecret());
    call(Path.CHAT, Kind.LOGIN.token.apply(this));
    var claims = harness.ledger.claims();
    assertEquals(
        List.of("ci 3", "ci 3", "(login) 65535"),
        claims.stream()
            .map(claim -> claim.caller().keyName() + " " + claim.caller().keyCode())
            .toList());
    assertEquals(
        List.of(
            Optional.empty(), Optional.of(new EndUser(PERSON)), Optional.of(new EndUser(PERSON))),
        claims.stream().map(claim -> claim.caller().endUser()).toList());
  }

  @Test
  void theLineNamesTheCredentialItsIdAndAHashOfThePerson() {
    call(Path.MODELS, KEY);
    assertLine("\"credential\":\"key\"", "\"key\":\"ci\"");
    assertFalse(harness.log().contains("end_user"), harness.log());
    harness.logged.reset();
    call(Path.MODELS, clientSecret());
    assertLine(
        "\"credential\":\"client_secret\"",
        "\"key\":\"ci\"",
        "\"client_secret\":\"the-id\"",
        "\"end_user\":\"" + PERSON_HASH + "\"");
    harness.logged.reset();
    call(Path.MODELS, Kind.LOGIN.token.apply(this));
    assertLine(
        "\"credential\":\"login\"", "\"key\":\"(login)\"", "\"end_user\":\"" + PERSON_HASH + "\"");
    assertFalse(harness.log().contains("\"client_secret\":"), harness.log());
  }

  @Test
  void withoutTheSigningSecretThePersonIsLeftOutOfTheLine() {
    var token = Kind.LOGIN.token.apply(this);
    harness.signing.away = true;
    assertEquals(200, call(Path.CHAT, token).status());
    assertFalse(harness.log().contains("end_user"), harness.log());
    assertFalse(harness.log().contains("M4RK"), harness.log());
  }

  @Test
  void theHeaderNamesThePersonOfAKeyWithTheScope() {
    key(Scope.CALLS, Scope.USAGE, Scope.CLIENT_SECRETS, Scope.END_USER_HEADER);
    call(Path.CHAT, KEY, Map.of("x-chatgate-end-user", PERSON));
    assertEquals(
        Optional.of(new EndUser(PERSON)), harness.ledger.claims().getFirst().caller().endUser());
    assertLine("\"end_user\":\"" + PERSON_HASH + "\"");
    assertFalse(harness.log().contains("header_ignored"), harness.log());
    for (var wrong : List.of("", "a b", "a,b", "\u00e9", "x".repeat(129))) {
      for (var path : Path.values()) {
        var answer = call(path, KEY, Map.of("x-chatgate-end-user", wrong));
        assertEquals(400, answer.status(), wrong);
        assertEquals("invalid_value", answer.code());
        assertTrue(answer.body().contains("\"param\":\"x-chatgate-end-user\""), answer.body());
      }
    }
    assertEquals(1, harness.ledger.claims().size());
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TENANT_KEY", "CLIENT_SECRET", "LOGIN"})
  void elsewhereTheHeaderIsIgnoredAndTheLineSaysSo(Kind kind) {
    for (var value : List.of("ann", "a,b", "")) {
      harness.logged.reset();
      var token = kind.token.apply(this);
      assertEquals(200, call(Path.CHAT, token, Map.of("x-chatgate-end-user", value)).status());
      assertLine("\"end_user_header_ignored\":true");
      assertFalse(harness.log().contains("ann"), harness.log());
    }
    var expected = kind == Kind.TENANT_KEY ? Optional.empty() : Optional.of(new EndUser(PERSON));
    harness.ledger.claims().forEach(claim -> assertEquals(expected, claim.caller().endUser()));
  }

  @Test
  void aTenantMayRequireAPersonForMeteredCalls() {
    put(KEY, 3, Set.of(Scope.values()), "{\"id\":\"acme\"}", true);
    var refused = call(Path.CHAT, KEY);
    assertEquals(403, refused.status());
    assertEquals("end_user_required", refused.code());
    assertEquals("end_user_required", call(Path.CHAT, secretWithoutPerson()).code());
    assertEquals(List.of(), harness.ledger.claims(), "nothing is held");
    assertEquals(200, call(Path.MODELS, KEY).status());
    assertEquals(200, call(Path.USAGE, KEY).status());
    assertEquals("missing_required_parameter", call(Path.MINT, KEY).code());
    assertEquals(200, call(Path.CHAT, KEY, Map.of("x-chatgate-end-user", "ann")).status());
    assertEquals(200, call(Path.CHAT, clientSecret()).status());
    assertEquals(200, call(Path.CHAT, Kind.LOGIN.token.apply(this)).status());
  }

  private String secretWithoutPerson() {
    return harness.clientSecret(
        new ClientSecret(
            new TenantId("acme"),
            Optional.of(CREATED),
            3,
            "the-id",
            Instant.EPOCH,
            later(),
            Optional.empty(),
            Optional.empty(),
            Narrowing.NONE));
  }

  @Test
  void aClientSecretNarrowsModelsAndTokens() {
    var token =
        narrowed(
            new Narrowing(
                Optional.of(List.of("priced", "m")), OptionalLong.of(9), Optional.empty()));
    var tooMany = call(Path.CHAT, token);
    assertEquals("max_tokens_too_large", tooMany.code());
    assertFalse(tooMany.body().contains("tenant"), tooMany.body());
    var other = callWithBody(token, BODY.replace("priced", "other").replace("10", "9"));
    assertEquals(403, other.status());
    assertEquals("model_not_allowed", other.code());
    assertFalse(other.body().contains("tenant"), other.body());
    assertEquals(List.of(), harness.ledger.claims());
    assertEquals(200, callWithBody(token, BODY.replace("10", "9")).status());
    assertEquals(200, callWithBody(token, BODY.replace(",\"max_tokens\":10", "")).status());
    assertTrue(
        harness.bodiesAtProvider.getLast().contains("\"max_tokens\":9"),
        harness.bodiesAtProvider.getLast());
    assertTrue(call(Path.MODELS, token).body().contains("\"priced\""));
    assertEquals(200, call(Path.MODEL, token).status());
  }

  @Test
  void modelsThatAClientSecretTakesAwayAreNotListed() {
    var token =
        narrowed(new Narrowing(Optional.of(List.of("m")), OptionalLong.empty(), Optional.empty()));
    assertEquals("{\"object\":\"list\",\"data\":[]}", call(Path.MODELS, token).body());
    assertEquals("model_not_found", call(Path.MODEL, token).code());
  }

  /** What the tenant may do can have changed since a client secret was minted. */
  @Test
  void aClientSecretDoesNotWidenItsTenant() {
    var token =
        narrowed(
            new Narrowing(Optional.of(List.of("priced")), OptionalLong.of(100), Optional.empty()));
    put(
        KEY,
        3,
        Scope.DEFAULT,
        "{\"id\":\"acme\",\"models\":[\"m\"],\"quota\":{\"max_tokens_per_request\":5}}",
        false);
    assertEquals("max_tokens_too_large", call(Path.CHAT, token).code());
    assertEquals("model_not_allowed", callWithBody(token, BODY.replace("10", "5")).code());
    assertEquals("model_not_found", call(Path.MODEL, token).code());
  }

  @ParameterizedTest
  @EnumSource(
      value = Path.class,
      names = {"MINT"},
      mode = EnumSource.Mode.EXCLUDE)
  void aClientSecretWithOriginsNeedsOneOfThem(Path path) {
    var token =
        narrowed(
            new Narrowing(
                Optional.empty(),
                OptionalLong.empty(),
                Optional.of(List.of("https://a.example", "https://b.example"))));
    assertEquals("origin_not_allowed", call(path, token).code(), "without an origin");
    for (var origin : List.of("https://c.example", "null", "", "https://a.example.evil")) {
      assertEquals("origin_not_allowed", call(path, token, Map.of("origin", origin)).code());
    }
    assertEquals(List.of(), harness.bodiesAtProvider);
    var allowed = call(path, token, Map.of("origin", "https://b.example"));
    assertEquals(200, allowed.status());
    assertEquals("https://b.example", allowed.header("access-control-allow-origin"));
  }

  @Test
  void theOriginsOfDeploymentAndTenantApplyBesidesThoseOfAClientSecret() {
    var token =
        narrowed(
            new Narrowing(
                Optional.empty(), OptionalLong.empty(), Optional.of(List.of("https://a.example"))));
    var origin = Map.of("origin", "https://a.example");
    harness.origins("https://b.example");
    assertEquals("origin_not_allowed", call(Path.CHAT, token, origin).code());
    harness.origins("*");
    put(
        KEY,
        3,
        Scope.DEFAULT,
        "{\"id\":\"acme\",\"allowed_origins\":[\"https://b.example\"]}",
        false);
    assertEquals("origin_not_allowed", call(Path.CHAT, token, origin).code());
  }

  @Test
  void aPersonSeesNoLimitOfTheTenants() {
    assertEquals("59", call(Path.CHAT, KEY).header("x-ratelimit-remaining-requests"));
    var persons = List.of(clientSecret(), Kind.LOGIN.token.apply(this), secretWithoutPerson());
    for (var token : persons) {
      assertNoLimitIn(call(Path.CHAT, token));
      assertEquals(
          "{\"object\":\"list\",\"data\":[],\"limits\":[]}", call(Path.USAGE, token).body());
    }
    for (var kind : Refusal.Kind.values()) {
      harness.ledger.answerWith(refused(kind));
      var server = call(Path.CHAT, KEY);
      assertEquals("70", server.header("x-ratelimit-limit-requests"));
      for (var token : persons) {
        var person = call(Path.CHAT, token);
        assertNoLimitIn(person);
        assertEquals(server.status(), person.status());
        assertEquals(server.code(), person.code());
        assertEquals(server.header("retry-after-ms"), person.header("retry-after-ms"));
        assertEquals(server.header("x-should-retry"), person.header("x-should-retry"));
      }
    }
    harness.ledger.answerWith(new Admission.Unavailable(new RuntimeException("M4RK"), 1));
    assertEquals("quota_store_unavailable", call(Path.CHAT, clientSecret()).code());
  }

  private static void assertNoLimitIn(Answer answer) {
    assertFalse(
        answer.headers().keySet().stream().anyMatch(name -> name.startsWith("x-ratelimit-")),
        () -> answer.headers().toString());
    for (var number : List.of("7777", "8888", "6666", "5555", "4444", "$", "2026-12-01", "cost")) {
      assertFalse(answer.body().contains(number), answer.body());
    }
  }

  private static Admission refused(Refusal.Kind kind) {
    var refusal =
        new Refusal(
            Limits.COST_PER_MONTH,
            kind,
            4444,
            7777,
            6666,
            5555,
            Optional.of(Duration.ofMillis(1500)),
            Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
            OptionalLong.of(8888));
    var bucket = new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 70, 3, Duration.ofSeconds(1));
    return new Admission.Refused(refusal, new RateLimits(List.of(bucket)), 1);
  }

  /** A page that mints or calls needs the same headers as one with a key. */
  @ParameterizedTest
  @EnumSource
  void aRefusalCanBeReadByThePage(Path path) {
    var answer = call(path, "ek_nothing", Map.of("origin", "https://app.example"));
    assertEquals(401, answer.status());
    assertEquals("https://app.example", answer.header("access-control-allow-origin"));
    assertEquals("Origin", answer.header("vary"));
  }

  private void assertLine(String... fields) {
    for (var field : fields) {
      assertTrue(harness.log().contains(field), field + " in " + harness.log());
    }
  }

  private Answer call(Path path, String token) {
    return call(path, token, Map.of());
  }

  private Answer callWithBody(String token, String body) {
    return harness.call(
        "POST", "/v1/chat/completions", Map.of("authorization", "Bearer " + token), body);
  }

  private Answer call(Path path, String token, Map<String, String> more) {
    var headers = new HashMap<>(more);
    if (!token.isEmpty()) {
      headers.put("authorization", "Bearer " + token);
    }
    return harness.call(path.method, path.path, headers, path.body);
  }

  private void put(String key, int code, Set<Scope> scopes) {
    put(key, code, scopes, "{\"id\":\"acme\"}", false);
  }

  private void put(String key, int code, Set<Scope> scopes, String tenant, boolean requireEndUser) {
    var read = TenantJson.readOne(tenant).tenant();
    harness.tenants.keys.put(
        KeyHash.of(key),
        new Credential(
            new Tenant(
                read.id(),
                read.status(),
                read.quota(),
                read.models(),
                read.modelAliases(),
                read.allowedOrigins(),
                requireEndUser,
                List.of()),
            Optional.of(CREATED),
            "ci",
            code,
            Optional.empty(),
            scopes));
  }

  private String key(Scope... scopes) {
    put(KEY, 3, Set.of(scopes));
    return KEY;
  }

  private String expiredKey() {
    harness.tenants.keys.computeIfPresent(
        KeyHash.of(KEY),
        (_, key) ->
            new Credential(
                key.tenant(),
                key.tenantCreatedAt(),
                key.keyName(),
                key.keyCode(),
                Optional.of(Instant.now().minusSeconds(1)),
                key.scopes()));
    return KEY;
  }

  private void suspend() {
    put(KEY, 3, Scope.DEFAULT, "{\"id\":\"acme\",\"status\":\"suspended\"}", false);
  }

  private Tenant tenant() {
    return harness.tenants.keys.values().iterator().next().tenant();
  }

  private String login(LoginResult result) {
    harness.logins = token -> token.equals(JWT) ? result : new LoginResult.Invalid();
    return JWT;
  }

  private String clientSecret() {
    return harness.clientSecret(secret(later(), CREATED, 3));
  }

  private String narrowed(Narrowing narrowing) {
    return harness.clientSecret(
        new ClientSecret(
            new TenantId("acme"),
            Optional.of(CREATED),
            3,
            "the-id",
            Instant.EPOCH,
            later(),
            Optional.empty(),
            Optional.empty(),
            narrowing));
  }

  private static ClientSecret secret(Instant expiresAt, Instant tenantCreatedAt, int keyCode) {
    return new ClientSecret(
        new TenantId("acme"),
        Optional.of(tenantCreatedAt),
        keyCode,
        "the-id",
        Instant.EPOCH,
        Instant.ofEpochSecond(expiresAt.getEpochSecond()),
        Optional.of(new EndUser(PERSON)),
        Optional.empty(),
        Narrowing.NONE);
  }

  private static Instant later() {
    return Instant.ofEpochSecond(Instant.now().getEpochSecond() + 60);
  }

  /** Changes one character of the claims. */
  private static String tampered(String token) {
    int at = token.indexOf('.') + 5;
    return token.substring(0, at) + (token.charAt(at) == 'x' ? 'y' : 'x') + token.substring(at + 1);
  }
}
