package dev.chatgate.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.account.AccountEndpoints;
import dev.chatgate.gateway.account.ClientSecretEndpoint;
import dev.chatgate.gateway.account.ModelCatalog;
import dev.chatgate.gateway.account.UsageEndpoint;
import dev.chatgate.gateway.auth.Authenticator;
import dev.chatgate.gateway.auth.BearerAuthenticator;
import dev.chatgate.gateway.auth.ClientSecretAuthenticator;
import dev.chatgate.gateway.auth.EdgeCheck;
import dev.chatgate.gateway.auth.LoginAuthenticator;
import dev.chatgate.gateway.auth.TenantKeyAuthenticator;
import dev.chatgate.gateway.call.EndUserTiers;
import dev.chatgate.gateway.call.MeteredCall;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.log.EndUserHash;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.login.LoginResult;
import dev.chatgate.identity.login.LoginVerifier;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.ModelPrice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * A gateway with a recording ledger and a scripted provider on loopback. It has one tenant, {@code
 * acme}, with the key {@code key}.
 */
public final class GatewayHarness implements AutoCloseable {
  /** The price of the model {@code priced} in the list of models. */
  static final ModelPrice LISTED_PRICE =
      new ModelPrice(
          "priced",
          LocalDate.parse("2026-01-01"),
          List.of(
              new ModelPrice.Tier(0, 150_000, OptionalLong.of(75_000), 600_000),
              new ModelPrice.Tier(200_000, 2_000_000, OptionalLong.empty(), 1)));

  /** An answer of the provider. */
  public interface ProviderAnswer {
    void to(HttpExchange call) throws IOException;
  }

  public static final String PLAIN_ANSWER =
      "{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
          + "{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";

  public final RecordingLedger ledger = new RecordingLedger();
  public QuotaTable quota = new MemoryQuotaTable();
  public final List<String> bodiesAtProvider = new CopyOnWriteArrayList<>();
  public final RecordingDirectory tenants = new RecordingDirectory();
  public final KnownSigningSecret signing = new KnownSigningSecret("deployment");
  public final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  public Optional<ModelPrice> price = Optional.empty();
  public LoginVerifier logins = token -> new LoginResult.Invalid();

  private final TokenCounters counters = new TokenCounters();
  private final HttpServer server;
  private final URI providerUrl;
  private final ProviderClient provider;
  private volatile ProviderAnswer answer = call -> reply(call, 200, PLAIN_ANSWER);
  private List<String> origins = List.of("*");
  private List<Operation> operations = List.of(new ChatOperation(counters));
  private int maxBodyBytes = 100_000;
  private boolean offline;
  private boolean playground;
  private boolean edgeSecret;
  private boolean addresses;
  private InstantSource logClock = InstantSource.system();

  public GatewayHarness() throws IOException {
    this(Optional.empty());
  }

  /** Uses the test's own provider. */
  public GatewayHarness(URI provider) throws IOException {
    this(Optional.of(provider));
  }

  private GatewayHarness(Optional<URI> ownProvider) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    providerUrl =
        ownProvider.orElseGet(
            () -> URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1"));
    provider =
        new ProviderClient(
            providerSettings(),
            new FixedKey(),
            InstantSource.system(),
            new SecureRandom(),
            counters);
    tenant("{\"id\":\"acme\"}");
  }

  private ProviderSettings providerSettings() {
    return new ProviderSettings(
        providerUrl, Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5), 0);
  }

  private record FixedKey() implements ProviderKeys {
    @Override
    public ProviderKey current() {
      return new ProviderKey("sk-provider-secret");
    }

    @Override
    public ProviderKey replacing(ProviderKey refused) {
      return refused;
    }
  }

  private void answer(HttpExchange call) throws IOException {
    bodiesAtProvider.add(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    try (call) {
      answer.to(call);
    }
  }

  public static void reply(HttpExchange call, int status, String json) throws IOException {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().add("content-type", "application/json");
    call.sendResponseHeaders(status, bytes.length);
    call.getResponseBody().write(bytes);
  }

  /** Replaces the tenant. */
  public GatewayHarness tenant(String json) {
    var tenant = TenantJson.readOne(json).tenant();
    tenants.keys.put(
        KeyHash.of("key"),
        new Credential(tenant, Optional.empty(), "ci", 0, Optional.empty(), Scope.DEFAULT));
    return this;
  }

  /** Changes the tenant's key. */
  public GatewayHarness key(UnaryOperator<Credential> change) {
    tenants.keys.computeIfPresent(KeyHash.of("key"), (_, key) -> change.apply(key));
    return this;
  }

  /** Gives the tenant's key these scopes only. */
  public GatewayHarness scopes(Scope... scopes) {
    return key(key ->
        new Credential(
            key.tenant(),
            key.tenantCreatedAt(),
            key.keyName(),
            key.keyCode(),
            key.expiresAt(),
            Set.of(scopes)));
  }

  /** Writes a client secret of this deployment. */
  public String clientSecret(ClientSecret secret) {
    return new ClientSecretCodec(signing, InstantSource.system()).write(secret).orElseThrow();
  }

  public GatewayHarness provider(ProviderAnswer how) {
    answer = how;
    return this;
  }

  public GatewayHarness origins(String... allowed) {
    origins = List.of(allowed);
    return this;
  }

  /** Turns the page on which a person tries the gateway on. */
  public GatewayHarness playground() {
    playground = true;
    return this;
  }

  /** Requires one of these edge secrets. */
  public GatewayHarness edge(String... values) {
    edgeSecret = true;
    signing.edge(values);
    return this;
  }

  /** Logs callers' addresses. */
  public GatewayHarness addresses() {
    addresses = true;
    return this;
  }

  /** Gives the log another clock. */
  public GatewayHarness logClock(InstantSource clock) {
    logClock = clock;
    return this;
  }

  /** Replaces the operations. */
  public GatewayHarness operations(Operation... served) {
    operations = List.of(served);
    return this;
  }

  public GatewayHarness maxBodyBytes(int most) {
    maxBodyBytes = most;
    return this;
  }

  /** Disables the provider's list of models, so that only chat calls open connections. */
  public GatewayHarness offline() {
    offline = true;
    return this;
  }

  /** Builds the gateway with the current setup. */
  public RequestPipeline gateway() {
    var clock = InstantSource.system();
    var settings = settings();
    var calls =
        new MeteredCall(
            settings,
            (model, day) -> price,
            ledger,
            new StoreClock(clock, offset -> {}),
            provider,
            clock);
    return new RequestPipeline(
        settings,
        new EdgeCheck(signing),
        authenticator(clock),
        new EndUserTiers(ledger),
        calls,
        operations,
        new AccountEndpoints(
            new ModelCatalog(
                wait -> offline ? Optional.empty() : provider.models(wait),
                () -> Map.of("priced", LISTED_PRICE),
                clock),
            new UsageEndpoint(new UsageReader(quota, new MemoryDayRows(), clock), clock),
            new ClientSecretEndpoint(
                new ClientSecretCodec(signing, clock), origins, clock, new SecureRandom())),
        new CallLog(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            logClock,
            new MetricSource("gateway", true),
            settings.logCallerAddress()),
        new EndUserHash(signing),
        new SecureRandom());
  }

  private Authenticator authenticator(InstantSource clock) {
    return new BearerAuthenticator(
        tenants,
        new TenantKeyAuthenticator(tenants, clock),
        new ClientSecretAuthenticator(new ClientSecretCodec(signing, clock), tenants, clock),
        new LoginAuthenticator(token -> logins.verify(token)));
  }

  private Settings settings() {
    return new Settings(
        new Tables("tenants", "quota", "usage"),
        "secret",
        "signing",
        origins,
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        maxBodyBytes,
        100,
        402,
        false,
        playground,
        edgeSecret,
        addresses,
        true,
        true,
        providerSettings());
  }

  /** Makes a call at the API door and collects its answer. */
  public Answer call(String method, String path, Map<String, String> headers, String body) {
    return call(ApiHandler.DOOR, method, path, headers, body);
  }

  /** Makes a call at a door and collects its answer. */
  public Answer call(
      Door door, String method, String path, Map<String, String> headers, String body) {
    var response = new BufferedResponse();
    gateway().handle(request(door, method, path, headers, body), response);
    return new Answer(
        response.status(), response.headers(), new String(response.body(), StandardCharsets.UTF_8));
  }

  public static GatewayRequest request(
      String method, String path, Map<String, String> headers, String body) {
    return request(ApiHandler.DOOR, method, path, headers, body);
  }

  public static GatewayRequest request(
      Door door, String method, String path, Map<String, String> headers, String body) {
    return new GatewayRequest(
        door,
        method,
        path,
        "",
        headers,
        new GatewayRequest.Body.Bytes(body.getBytes(StandardCharsets.UTF_8)),
        Instant.now().plusSeconds(20));
  }

  /** Makes a chat call of the tenant. */
  public Answer chat(String body) {
    return call("POST", "/v1/chat/completions", Map.of("authorization", "Bearer key"), body);
  }

  /** Makes the tenant's key expired since a second ago. */
  public void expireTheKey() {
    key(known ->
        new Credential(
            known.tenant(),
            known.tenantCreatedAt(),
            known.keyName(),
            known.keyCode(),
            Optional.of(Instant.now().minusSeconds(1)),
            known.scopes()));
  }

  /** A complete answer. */
  public record Answer(int status, Map<String, String> headers, String body) {
    /** A header's value, empty if there is none. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    public String code() {
      var matcher = java.util.regex.Pattern.compile("\"code\":\"([a-z_]+)\"").matcher(body);
      return matcher.find() ? matcher.group(1) : "";
    }
  }

  public String log() {
    return logged.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    provider.close();
    server.stop(0);
  }
}
