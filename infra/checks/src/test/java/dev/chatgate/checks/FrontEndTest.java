package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.testkit.ScriptedProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A page of another origin in headless Chromium calls both doors of the local stack without a
 * tenant key: with the app's own login, or with client secrets that its backend mints.
 */
@Tag("outside")
class FrontEndTest {
  private static final Path FOLDER = Repository.TARGET.resolve("front-end");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "cg_front_end_server";
  private static final String PROVIDER_KEY = "sk-provider-0123456789abcdef";

  private static final Path SOURCES = Repository.ROOT.resolve("infra/checks/browser");

  private static final long MILLIS_BETWEEN_TOKENS = 500;

  /** More calls than fit into the life of a client secret. */
  private static final int MAX_CALLS = 60;

  private static final String STREAM_END =
      """
      data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"id":"1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}

      data: [DONE]

      """;

  private static final String USES_400_TOKENS =
      STREAM_END.replace(
          "\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10",
          "\"prompt_tokens\":150,\"completion_tokens\":250,\"total_tokens\":400");

  private static ScriptedProvider provider;
  private static PageServer page;
  private static PageServer otherPage;
  private static NodeServer issuer;
  private static LocalStack stack;
  private static Chromium browser;

  /** The two doors. */
  enum DoorName {
    API,
    STREAM;

    String url() {
      return (this == API ? stack.apiUrl() : stack.streamUrl()) + "/openai/v1";
    }

    /** A name that is different for each door. */
    String of(String name) {
      return name + (this == API ? "-api" : "-stream");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    var site = FOLDER.resolve("site");
    Bundle.make("front-end.js", site);
    provider = new ScriptedProvider();
    page = new PageServer(site);
    otherPage = new PageServer(site);
    issuer = NodeServer.start(ExternalTools.nodePath(), "infra/checks/npm/issuer.cjs", "127.0.0.1");
    stack = stack(Files.writeString(FOLDER.resolve("tenants.json"), tenants()));
    stack.awaitReady();
    browser = Chromium.start(FOLDER.resolve("chromium"));
  }

  private static String tenants() {
    var origins = List.of(page.origin(), otherPage.origin());
    var login = Map.of("issuer", issuer.url(), "audiences", List.of("app"));
    var narrow = Map.of("issuer", issuer.url(), "audiences", List.of("narrow-app"));
    var tiered = Map.of("issuer", issuer.url(), "audiences", List.of("tiered-app"));
    var key = Map.of("name", "k", "secret", KEY);
    return JSON.valueToTree(
            List.of(
                Map.of(
                    "id",
                    "app",
                    "issuers",
                    List.of(login),
                    "require_end_user",
                    true,
                    "allowed_origins",
                    origins),
                Map.of(
                    "id", "narrow",
                    "issuers", List.of(narrow),
                    "allowed_origins", List.of(otherPage.origin())),
                Map.of(
                    "id",
                    "tiered",
                    "issuers",
                    List.of(tiered),
                    "end_user_tiers",
                    Map.of("default", tier(1_000), "pro", tier(1_000_000))),
                Map.of("id", "server", "keys", List.of(key), "require_end_user", true)))
        .toString();
  }

  private static Map<String, Object> tier(int tokensPerDay) {
    return Map.of(
        "tokens_per_day", tokensPerDay, "default_max_tokens", 10, "warn_at", List.of(80, 95));
  }

  private static LocalStack stack(Path tenants) {
    var settings = new HashMap<String, String>();
    settings.put("CHATGATE_API_PORT", "0");
    settings.put("CHATGATE_STREAM_PORT", "0");
    settings.put("CHATGATE_AWS_PORT", "0");
    settings.put("CHATGATE_RECONCILE_SECONDS", "0");
    settings.put("CHATGATE_INSTANCES", "2");
    settings.put("CHATGATE_TENANTS", tenants.toString());
    settings.put("CHATGATE_ALLOWED_ORIGINS", page.origin() + "," + otherPage.origin());
    settings.put("UPSTREAM_BASE_URL", provider.url().toString());
    settings.put("UPSTREAM_API_KEY", PROVIDER_KEY);
    return LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, line -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable open :
        new AutoCloseable[] {browser, stack, issuer, otherPage, page, provider}) {
      open.close();
    }
  }

  @BeforeEach
  void openThePage() throws Exception {
    provider.instead(wire ->
        wire.streamHead()
            .chunk(token("Hello"))
            .pause(MILLIS_BETWEEN_TOKENS)
            .chunk(token(", page."))
            .chunk(STREAM_END)
            .endChunks());
    browser.open(page.origin());
  }

  @ParameterizedTest
  @EnumSource
  void aPageStreamsWithItsLogin(DoorName door) throws Exception {
    signIn("app", door.of("ann"), 3_600);

    assertAnswered(browser.run("withLogin", Map.of("baseURL", door.url())));

    var sent = provider.requests().getLast();
    assertEquals("Bearer " + PROVIDER_KEY, sent.header("authorization"));
    awaitRecordOf("app", door.of("ann"));
  }

  @ParameterizedTest
  @EnumSource
  void anExpiredLoginIsReadableAndTheNextTokenWorks(DoorName door) throws Exception {
    signIn("app", "ben", -60);

    var refused = browser.run("withLogin", Map.of("baseURL", door.url()));

    assertTyped("AuthenticationError", 401, "credential_expired", refused);
    signIn("app", "ben", 3_600);
    assertAnswered(browser.run("withLogin", Map.of("baseURL", door.url())));
  }

  @ParameterizedTest
  @EnumSource
  void aLoginForAnotherAppIsAnAuthenticationError(DoorName door) throws Exception {
    signIn("another-app", "ann", 3_600);

    var refused = browser.run("withLogin", Map.of("baseURL", door.url()));

    assertTyped("AuthenticationError", 401, "invalid_api_key", refused);
  }

  @ParameterizedTest
  @EnumSource
  void aForbiddenOriginOfTheTenantIsAReadableError(DoorName door) throws Exception {
    signIn("narrow-app", "ann", 3_600);

    var refused = browser.run("withLogin", Map.of("baseURL", door.url()));

    assertTyped("PermissionDeniedError", 403, "origin_not_allowed", refused);
  }

  @ParameterizedTest
  @EnumSource
  void theTokenIsTheOnlyHeaderThatAPageNeeds(DoorName door) throws Exception {
    provider.instead(wire -> wire.json(200, "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}"));
    signIn("app", "ann", 3_600);

    var models = browser.run("modelsWithoutTheLibrary", Map.of("baseURL", door.url()));

    assertEquals(JSON.readTree("{\"status\":200,\"ids\":[\"m\"]}"), models);
  }

  @ParameterizedTest
  @EnumSource
  void aPageStreamsWithAClientSecretOfItsBackendAndReusesIt(DoorName door) throws Exception {
    try (var backend = backend(door, 600)) {
      page.backend(URI.create(backend.url()));
      browser.run("session", Map.of("user", door.of("cleo")));

      assertAnswered(browser.run("withBackend", Map.of("baseURL", door.url())));
      var second = browser.run("withBackend", Map.of("baseURL", door.url()));

      assertAnswered(second);
      assertEquals(1, second.path("minted").asInt(), "client secrets minted");
      awaitRecordOf("server", door.of("cleo"));
    }
  }

  @Test
  void aClientSecretIsReplacedShortlyBeforeItExpires() throws Exception {
    try (var backend = backend(DoorName.STREAM, 600)) {
      page.backend(URI.create(backend.url()));
      browser.run("session", Map.of("user", "dora"));
      var call = Map.of("baseURL", DoorName.STREAM.url());
      browser.run("withBackend", call);

      browser.run("clock", Map.of("seconds", 590));
      var before = browser.run("withBackend", call);
      browser.run("clock", Map.of("seconds", 5));
      var after = browser.run("withBackend", call);

      assertEquals(1, before.path("minted").asInt(), "ten seconds before it expires");
      assertEquals(2, after.path("minted").asInt(), "five seconds before it expires");
      assertAnswered(after);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConversationGoesOnAfterTheClientSecretExpired(DoorName door) throws Exception {
    // The shortest life that a client secret can have.
    try (var backend = backend(door, 10)) {
      page.backend(URI.create(backend.url()));
      browser.run("session", Map.of("user", door.of("emil")));
      // So that the page does not replace the client secret in time.
      browser.run("clock", Map.of("seconds", 0));

      var result =
          browser.run("conversation", Map.of("baseURL", door.url(), "mostCalls", MAX_CALLS));

      assertTrue(result.path("before").asInt() >= 1, result::toString);
      assertTyped("AuthenticationError", 401, "credential_expired", result.path("failed"));
      assertEquals(1, result.path("mintedBefore").asInt(), "client secrets minted before");
      assertEquals("Hello, page.", result.path("text").asText());
      assertEquals(2, result.path("minted").asInt(), "client secrets minted");
    }
  }

  @Test
  void aVisitorWithoutASessionGetsNoClientSecret() throws Exception {
    try (var backend = backend(DoorName.STREAM, 600)) {
      page.backend(URI.create(backend.url()));
      var call = Map.of("baseURL", DoorName.STREAM.url());
      browser.run("session", Map.of("user", ""));

      var refused = browser.run("withBackend", call);

      assertEquals("OpenAIError", refused.path("class").asText(), refused::toString);
      var message = refused.path("message").asText();
      assertTrue(message.contains("The backend answered 400"), message);
      browser.run("session", Map.of("user", "gus"));
      assertAnswered(browser.run("withBackend", call));
    }
  }

  @Test
  void theFirstPageShowsTheCodeThatRunsHere() throws Exception {
    var readme = Files.readString(Repository.ROOT.resolve("README.md"));
    var section = readme.substring(readme.indexOf("\n## From a web page\n"));
    var blocks = Pattern.compile("```js\\n(.*?)```", Pattern.DOTALL).matcher(section);
    for (var file : List.of("with-login.js", "backend.cjs", "with-backend.js")) {
      assertTrue(blocks.find(), () -> "the first page has no block for " + file);
      var code = Files.readString(SOURCES.resolve(file)).lines().map(String::strip).toList();
      blocks
          .group(1)
          .lines()
          .forEach(line ->
              assertTrue(code.contains(line.strip()), () -> file + " lacks the line: " + line));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientSecretOfAnotherOriginIsAReadableError(DoorName door) throws Exception {
    var secret = mint("{\"user\":\"fay\",\"allowed_origins\":[\"%s\"]}", otherPage.origin());
    var call = Map.of("baseURL", door.url(), "secret", secret);

    var refused = browser.run("withGivenSecret", call);

    assertTyped("PermissionDeniedError", 403, "origin_not_allowed", refused);
    browser.open(otherPage.origin());
    assertAnswered(browser.run("withGivenSecret", call));
  }

  @ParameterizedTest
  @EnumSource
  void aPageSeesItsPersonWarnedStoppedMovedAndBlocked(DoorName door) throws Exception {
    var person = QuotaKey.of(new TenantId("tiered"), new EndUser(door.of("hana")));
    provider.instead(
        wire -> wire.streamHead().chunk(token("Hello, page.")).chunk(USES_400_TOKENS).endChunks());
    signIn("tiered-app", door.of("hana"), 3_600);
    var call = Map.of("baseURL", door.url());

    for (int used = 0; used < 800; used += 400) {
      var answered = browser.run("withLoginAndHeaders", call);
      assertAnswered(answered);
      assertEquals("", warning(answered));
      awaitSettled(person);
    }
    var warned = browser.run("withLoginAndHeaders", call);
    assertAnswered(warned);
    assertEquals("tokens_per_day=80", warning(warned));
    awaitSettled(person);
    var stopped = browser.run("withLoginAndHeaders", call);
    assertTyped("RateLimitError", 429, "insufficient_quota", stopped);
    assertEquals("end_user", stopped.path("headers").path("x-chatgate-limit-scope").asText());
    assertEquals("tokens_per_day=120", warning(stopped));

    write(person, EndUserWrite.tier(Optional.of("pro"), Instant.now()));
    // An instance remembers for three seconds that the old tier's limit was used up.
    Thread.sleep(QuotaLedger.SPENT_MEMORY.plusMillis(500));
    var moved = browser.run("withLoginAndHeaders", call);
    assertAnswered(moved);
    assertEquals("", warning(moved));

    write(person, EndUserWrite.block(Instant.now()));
    var blocked = browser.run("withLoginAndHeaders", call);
    assertTyped("PermissionDeniedError", 403, "end_user_blocked", blocked);

    write(person, EndUserWrite.unblock(Instant.now()));
    Thread.sleep(QuotaLedger.SPENT_MEMORY.plusMillis(500));
    assertAnswered(browser.run("withLoginAndHeaders", call));
  }

  private static String warning(JsonNode result) {
    return result.path("headers").path("x-chatgate-quota-warning").asText();
  }

  private static void write(QuotaKey person, Function<QuotaItem, ItemUpdate> write) {
    withQuota(quota -> EndUserWrite.write(quota, person, write).orElseThrow());
  }

  /** A streamed call is settled after its last byte. */
  private static void awaitSettled(QuotaKey person) throws InterruptedException {
    var giveUpAt = Instant.now().plusSeconds(20);
    while (withQuota(quota -> !quota.read(person).entries().isEmpty())) {
      assertTrue(Instant.now().isBefore(giveUpAt), "the call is not settled");
      Thread.sleep(Duration.ofMillis(50));
    }
  }

  private static <T> T withQuota(Function<QuotaTable, T> work) {
    try (var dynamoDb = stack.dynamoDb()) {
      return work.apply(new DynamoQuotaTable(dynamoDb, stack.tables(), Duration.ofSeconds(10)));
    }
  }

  private static void signIn(String app, String user, int lifetime) throws Exception {
    browser.run(
        "signIn", Map.of("issuer", issuer.url(), "app", app, "user", user, "lifetime", lifetime));
  }

  /** Starts the README's backend with this lifetime of its client secrets. */
  private static NodeServer backend(DoorName door, int seconds) throws IOException {
    var environment = new HashMap<>(ExternalTools.nodePath());
    environment.put("CHATGATE_BASE_URL", door.url());
    environment.put("CHATGATE_KEY", KEY);
    var code = Files.readString(SOURCES.resolve("backend.cjs"));
    var changed = code.replace("seconds: 600", "seconds: " + seconds);
    var script = Files.writeString(FOLDER.resolve("backend-" + seconds + ".cjs"), changed);
    return NodeServer.start(environment, script.toString());
  }

  private static String mint(String body, String origin) throws Exception {
    var headers = Map.of("authorization", "Bearer " + KEY, "content-type", "application/json");
    var url = DoorName.API.url() + "/client_secrets";
    var minted = post(url, headers, body.formatted(origin));
    assertEquals(200, minted.statusCode(), minted.body());
    return JSON.readTree(minted.body()).path("value").asText();
  }

  private static HttpResponse<String> post(String url, Map<String, String> headers, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void awaitRecordOf(String tenant, String user) {
    var users = RecordedUsers.await(stack, tenant, user);
    assertFalse(users.contains("(none)"), users::toString);
  }

  private static void assertAnswered(JsonNode result) {
    assertEquals("Hello, page.", result.path("text").asText(), result::toString);
  }

  private static void assertTyped(String type, int status, String code, JsonNode result) {
    assertEquals(type, result.path("class").asText(), result::toString);
    assertEquals(status, result.path("status").asInt());
    assertEquals(code, result.path("code").asText());
    assertFalse(result.path("requestID").asText().isEmpty(), "x-request-id is not readable");
    assertEquals("gateway", result.path("headers").path("x-chatgate-error-source").asText());
  }

  private static String token(String text) {
    return "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n"
        .formatted(text);
  }
}
