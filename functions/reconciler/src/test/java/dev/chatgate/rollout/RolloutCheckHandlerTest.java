package dev.chatgate.rollout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.reconciler.MinuteContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hook against a server that answers as Lambda and CodeDeploy do. */
class RolloutCheckHandlerTest {
  private static final Map<String, String> EVENT =
      Map.of("DeploymentId", "d-ABC123", "LifecycleEventHookExecutionId", "eyJlbmM=+/-_.x");
  private static final String API_ANSWER = "{\"headers\":{},\"statusCode\":%d,\"body\":\"{}\"}";
  private static final String STREAMED_ANSWER = "{\"statusCode\":%d}\0\0\0\0\0\0\0\0{}";

  private final Map<String, String> answers = new HashMap<>();
  private final Map<String, Integer> statuses = new HashMap<>();
  private final List<String> requests = new ArrayList<>();
  private final AtomicInteger busy = new AtomicInteger();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final List<Long> pauses = new ArrayList<>();
  private HttpServer server;
  private String functionError = "";

  @BeforeAll
  static void credentials() {
    System.setProperty("aws.accessKeyId", "AKIDTEST");
    System.setProperty("aws.secretAccessKey", "never-in-a-log");
  }

  @AfterAll
  static void noCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put("api 9 /health", API_ANSWER.formatted(200));
    answers.put("api 9 /openai/v1/usage", API_ANSWER.formatted(401));
    answers.put("stream 12 /health", STREAMED_ANSWER.formatted(200));
    answers.put("stream 12 /openai/v1/usage", STREAMED_ANSWER.formatted(401));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    var uri = exchange.getRequestURI();
    var authorization = exchange.getRequestHeaders().getFirst("Authorization");
    var service = authorization.replaceFirst(".*/eu-west-1/([a-z]+)/aws4_request.*", "$1");
    int status = 200;
    var answer = "{}";
    if (service.equals("codedeploy")) {
      requests.add(exchange.getRequestHeaders().getFirst("X-Amz-Target") + " " + body);
      status = statuses.getOrDefault("codedeploy", 200);
    } else if (busy.getAndDecrement() > 0) {
      status = 409;
    } else if (uri.getPath().endsWith("/versions")) {
      answer = versions(uri.getPath().split("/", -1)[3], String.valueOf(uri.getQuery()));
      status = statuses.getOrDefault("versions", 200);
    } else {
      var called = called(uri.getPath().split("/", -1)[3], uri.getQuery(), body);
      requests.add(called);
      answer = answers.getOrDefault(called, "{}");
      status = statuses.getOrDefault(called, 200);
      if (functionError.equals(called)) {
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      }
    }
    var bytes = answer.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** The list comes in pages, not in the order of the numbers. */
  private static String versions(String function, String query) {
    if (function.equals("api")) {
      return "{\"Versions\":[{\"Version\":\"$LATEST\"},{\"Version\":\"9\"},{\"Version\":\"8\"}]}";
    }
    return query.equals("Marker=next/page+2")
        ? "{\"NextMarker\":null,\"Versions\":[{\"Version\":\"12\"},{\"Version\":\"3\"}]}"
        : "{\"NextMarker\":\"next/page+2\",\"Versions\":[{\"Version\":\"$LATEST\"},{\"Version\":\"2\"}]}";
  }

  private static String called(String function, String query, String event) {
    var path = event.replaceFirst("(?s).*\"rawPath\":\"([^\"]*)\".*", "$1");
    return function + " " + query.replace("Qualifier=", "") + " " + path;
  }

  private String run(Map<String, String> event) {
    return run(event, "off");
  }

  private String run(Map<String, String> event, String edge) {
    var environment =
        Map.of(
            "CHATGATE_EDGE_SECRET",
            edge,
            "AWS_REGION",
            "eu-west-1",
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:" + server.getAddress().getPort(),
            "CHATGATE_DOORS",
            "api,stream");
    var handler =
        new RolloutCheckHandler(
            environment, pause -> pauses.add(pause.toMillis()), new PrintStream(log, true, UTF_8));
    return String.valueOf(handler.handleRequest(event, new MinuteContext()).get("status"));
  }

  private String reported() {
    return requests.getLast();
  }

  @Test
  void theNewestVersionOfEachDoorIsCalledAndReported() {
    assertEquals("Succeeded", run(EVENT));
    assertEquals(
        List.of(
            "api 9 /health",
            "api 9 /openai/v1/usage",
            "stream 12 /health",
            "stream 12 /openai/v1/usage",
            "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus"
                + " {\"deploymentId\":\"d-ABC123\",\"lifecycleEventHookExecutionId\":"
                + "\"eyJlbmM=+/-_.x\",\"status\":\"Succeeded\"}"),
        requests);
    var lines = log.toString(UTF_8).lines().toList();
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.getLast().contains("\"version\":\"12\",\"fault\":\"none\""), lines.getLast());
  }

  @ParameterizedTest
  @CsvSource({
    "api 9 /health, 403, /health answered 403 instead of 200",
    "stream 12 /openai/v1/usage, 503, /openai/v1/usage answered 503 instead of 401",
    "stream 12 /openai/v1/usage, 200, /openai/v1/usage answered 200 instead of 401",
    "api 9 /openai/v1/usage, 500, /openai/v1/usage answered 500 instead of 401"
  })
  void anotherAnswerTakesTheDeploymentBack(String call, int status, String fault) {
    answers.put(call, API_ANSWER.formatted(status));

    assertEquals("Failed", run(EVENT));
    assertTrue(reported().contains("\"status\":\"Failed\""), reported());
    assertTrue(log.toString(UTF_8).contains(fault), log.toString(UTF_8));
  }

  @Test
  void doorsBehindACdnRefuseBothCalls() {
    assertEquals("Failed", run(EVENT, "on"));
    answers.replaceAll((call, _) -> API_ANSWER.formatted(403));
    assertEquals("Succeeded", run(EVENT, "on"));
    assertEquals("Failed", run(EVENT, "off"));
  }

  @Test
  void aFunctionThatFailsTakesTheDeploymentBack() {
    functionError = "stream 12 /health";
    answers.put(functionError, "{\"errorMessage\":\"a secret text\",\"errorType\":\"E\"}");

    assertEquals("Failed", run(EVENT));
    assertTrue(reported().contains("\"status\":\"Failed\""), reported());
    assertTrue(log.toString(UTF_8).contains("the function failed at /health"));
    assertFalse(log.toString(UTF_8).contains("a secret text"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "no JSON"})
  void anAnswerWithoutAStatusTakesTheDeploymentBack(String answer) {
    answers.put("api 9 /health", answer);

    assertEquals("Failed", run(EVENT));
    assertTrue(log.toString(UTF_8).contains("no status in the answer to /health"));
  }

  @Test
  void aSnapshotThatIsNotReadyIsWaitedFor() {
    busy.set(3);

    assertEquals("Succeeded", run(EVENT));
    assertEquals(List.of(3000L, 3000L, 3000L), pauses);
  }

  @Test
  void aSnapshotThatNeverGetsReadyTakesTheDeploymentBack() {
    busy.set(1000);

    assertEquals("Failed", run(EVENT));
    assertEquals(2 * 5, pauses.size());
    assertTrue(reported().contains("\"status\":\"Failed\""), reported());
  }

  @ParameterizedTest
  @CsvSource({"versions, 403", "versions, 400", "api 9 /health, 403"})
  void aRefusalByLambdaTakesTheDeploymentBack(String call, int status) {
    statuses.put(call, status);

    assertEquals("Failed", run(EVENT));
    assertEquals(List.of(), pauses);
  }

  @Test
  void aReportThatIsNotTakenFailsTheInvocation() {
    statuses.put("codedeploy", 400);

    var failure = assertThrows(IllegalStateException.class, () -> run(EVENT));
    assertEquals("CodeDeploy answered HTTP 400", failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\"b", "a b", "a\nb", "ä"})
  void anEventWithoutUsableIdsIsRefused(String id) {
    var event = Map.of("DeploymentId", id, "LifecycleEventHookExecutionId", "x");

    assertThrows(IllegalArgumentException.class, () -> run(event));
    assertThrows(IllegalArgumentException.class, () -> run(Map.of("DeploymentId", "d")));
    assertEquals(List.of(), requests);
  }

  @Test
  void anAddressWhereNobodyAnswersTakesTheDeploymentBack() {
    server.stop(0);

    // CodeDeploy is at the same address in this test.
    var failure = assertThrows(IllegalStateException.class, () -> run(EVENT));
    assertEquals("CodeDeploy did not answer", failure.getMessage());
    assertTrue(log.toString(UTF_8).contains("no answer: "), log.toString(UTF_8));
  }

  @Test
  void nothingSecretIsLogged() {
    assertEquals("Succeeded", run(EVENT));

    assertFalse(log.toString(UTF_8).contains("never-in-a-log"));
    assertFalse(log.toString(UTF_8).contains("cg_"));
  }
}
