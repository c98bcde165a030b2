package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.crac.Core;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.clientsecret.ClientSecretResult;
import dev.chatgate.warmup.Snapshot;
import dev.chatgate.warmup.StreamWarmUp;
import dev.chatgate.warmup.WarmUpRequest;
import dev.chatgate.warmup.fake.FakeResponses;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Security;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One initialised state that is restored several times. No two copies share an id, and every id is
 * made only of random bytes that were read after the restore.
 */
class RestoredRandomnessTest {
  private static final Pattern PARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-0[0-3]");

  /** A reservation is an attribute of the quota item; its name is the reservation's id. */
  private static final Pattern RESERVATION = Pattern.compile("\"#\\w+\":\"([0-9a-z]{12})\"");

  private static final Pattern CLIENT_SECRET = Pattern.compile("\"value\":\"([^\"]+)\"");

  private static final String ROUNDS = "chatgate.warmup.rounds";

  private final KnownBytes machine = new KnownBytes();
  private final Set<String> seen = new ConcurrentSkipListSet<>();
  private final FakeResponses answers = new FakeResponses(InstantSource.system());
  private HttpServer backends;
  private Map<String, String> properties;
  private BeanContext application;
  private Snapshot snapshot;

  @BeforeEach
  void takeASnapshot() throws Exception {
    assertEquals(1, Security.insertProviderAt(machine, 1));
    backends = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backends.createContext("/", this::answer);
    backends.start();
    properties = properties(backends.getAddress().getPort());
    properties.forEach(System::setProperty);
    application = GatewayFactory.start(settings(backends.getAddress().getPort()));
    snapshot = new Snapshot(application, () -> new StreamWarmUp(StreamHandler::new), machine::pass);
    snapshot.beforeCheckpoint(Core.getGlobalContext());
  }

  @AfterEach
  void stop() {
    application.close();
    backends.stop(0);
    properties.keySet().forEach(System::clearProperty);
    Security.removeProvider(machine.getName());
  }

  @Test
  void copiesOfASnapshotShareNoId() {
    var frozen = machine.freeze();
    var first = idsAfterRestore(frozen, 1);
    var second = idsAfterRestore(frozen, 2);
    assertTrue(Collections.disjoint(first, second), () -> first + " and " + second);
  }

  @Test
  void theSameBytesAfterTheRestoreMakeTheSameIds() {
    var frozen = machine.freeze();
    assertEquals(idsAfterRestore(frozen, 1), idsAfterRestore(frozen, 1));
  }

  /**
   * Makes two calls and mints a client secret. Returns the request ids, reservation ids, span ids
   * and trace ids, and the id of the client secret.
   */
  private Set<String> idsAfterRestore(KnownBytes.Frozen frozen, long seed) {
    seen.clear();
    machine.restore(frozen, seed);
    snapshot.afterRestore(Core.getGlobalContext());
    var entry = new StreamHandler(application.getBean(RequestPipeline.class));
    for (var request : WarmUpRequest.FREQUENT) {
      var answer = Entries.streamed(entry, new String(request.event(Instant.now()), UTF_8));
      assertEquals(200, answer.status());
      seen.add(answer.headers().get("x-request-id"));
    }
    mint(entry);
    var ids = new TreeSet<>(seen);
    // A request id, a trace, a span and a reservation for each call; two ids for the client secret.
    assertEquals(4 * WarmUpRequest.FREQUENT.size() + 2, ids.size(), ids::toString);
    return ids;
  }

  private void mint(StreamHandler entry) {
    var request =
        new WarmUpRequest("POST", "/openai/v1/client_secrets", FakeResponses.KEY, "", 200);
    var answer = Entries.streamed(entry, new String(request.event(Instant.now()), UTF_8));
    assertEquals(200, answer.status(), answer.text());
    var token = CLIENT_SECRET.matcher(answer.text());
    assertTrue(token.find(), answer.text());
    var codec = application.getBean(ClientSecretCodec.class);
    var read = assertInstanceOf(ClientSecretResult.Valid.class, codec.read(token.group(1)));
    seen.add(answer.headers().get("x-request-id"));
    seen.add(read.secret().id());
  }

  private void answer(HttpExchange exchange) throws IOException {
    var headers = new HashMap<String, String>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    note(headers, body);
    var reply = answers.to(exchange.getRequestURI().getPath(), headers, body);
    var bytes = String.join("", reply.pieces()).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    exchange.sendResponseHeaders(reply.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void note(Map<String, String> headers, String body) {
    var parent = PARENT.matcher(headers.getOrDefault("traceparent", ""));
    if (parent.matches()) {
      seen.add(parent.group(1));
      seen.add(parent.group(2));
    }
    if (headers.getOrDefault("x-amz-target", "").endsWith("UpdateItem")) {
      RESERVATION.matcher(body).results().forEach(found -> seen.add(found.group(1)));
    }
  }

  private static Settings settings(int port) {
    return Settings.from(
        Map.of(
            Tables.TENANTS_VARIABLE,
            "tenants",
            Tables.QUOTA_VARIABLE,
            "quota",
            Tables.USAGE_VARIABLE,
            "usage",
            "CHATGATE_PROVIDER_SECRET",
            "secret",
            "CHATGATE_SIGNING_SECRET",
            FakeResponses.SIGNING_SECRET,
            "UPSTREAM_BASE_URL",
            "http://127.0.0.1:" + port + "/openai/v1"));
  }

  private static Map<String, String> properties(int port) {
    var url = "http://127.0.0.1:" + port;
    return Map.of(
        ROUNDS,
        "1",
        "aws.region",
        "us-east-1",
        "aws.accessKeyId",
        "local",
        "aws.secretAccessKey",
        "local",
        "aws.endpointUrlDynamoDb",
        url,
        "aws.endpointUrlSecretsManager",
        url);
  }
}
