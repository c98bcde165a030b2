package dev.chatgate.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The states that Lambda documents for its Runtime API. */
class LocalRuntimeApiTest {
  private static final Instant DEADLINE = Instant.parse("2026-11-23T18:00:00.123Z");

  private final BlockingQueue<PendingInvocation> waiting = new LinkedBlockingQueue<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final CountDownLatch chunkCame = new CountDownLatch(1);

  /** Held while the client of a stream does not read. */
  private volatile CountDownLatch reading = new CountDownLatch(0);

  private final LocalRuntimeApi api =
      new LocalRuntimeApi(new TestEnvironment(), "arn:aws:lambda:x", 1);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  @Test
  void nextHandsTheEventOverWithItsContext() throws Exception {
    String id = invoke("{\"a\":1}");
    HttpResponse<String> next = get("invocation/next");
    assertEquals("{\"a\":1}", next.body());
    assertEquals(id, header(next, "Lambda-Runtime-Aws-Request-Id"));
    assertEquals("1795456800123", header(next, "Lambda-Runtime-Deadline-Ms"));
    assertEquals("arn:aws:lambda:x", header(next, "Lambda-Runtime-Invoked-Function-Arn"));
    assertTrue(header(next, "Lambda-Runtime-Trace-Id").startsWith("Root=1-"));
  }

  @Test
  void aBufferedResponseIsTakenOnce() throws Exception {
    String id = invoke("{}");
    get("invocation/next");
    assertEquals(202, post("invocation/" + id + "/response", "done"));
    assertEquals(403, post("invocation/" + id + "/response", "again"));
    assertEquals(403, post("invocation/" + id + "/error", "{}"));
    assertEquals(List.of("began", "answered done", "ended"), events);
  }

  @Test
  void anErrorIsTakenOnce() throws Exception {
    String id = invoke("{}");
    get("invocation/next");
    assertEquals(202, post("invocation/" + id + "/error", "{}"));
    assertEquals(403, post("invocation/" + id + "/response", "late"));
    assertEquals(List.of("began", "failed FUNCTION_ERROR", "ended"), events);
  }

  @Test
  void anUnknownInvocationTakesNothing() throws Exception {
    assertEquals(403, post("invocation/nobody/response", "x"));
    assertEquals(404, post("something/else", "x"));
  }

  @Test
  void nextIsRefusedWhileAnInvocationIsOutstanding() throws Exception {
    invoke("{}");
    get("invocation/next");
    assertEquals(403, get("invocation/next").statusCode());
  }

  @Test
  void anInitErrorComesBeforeTheFirstNextOnly() throws Exception {
    assertEquals(202, post("init/error", "{\"errorMessage\":\"no\"}"));
    assertEquals(List.of("init {\"errorMessage\":\"no\"}"), events);
    invoke("{}");
    get("invocation/next");
    assertEquals(403, post("init/error", "{}"));
  }

  @Test
  void aResponseAboveLambdasLimitIsRefused() throws Exception {
    String id = invoke("{}");
    get("invocation/next");
    String large = "x".repeat(LocalRuntimeApi.MAX_RESPONSE_BYTES + 1);
    assertEquals(413, post("invocation/" + id + "/response", large));
    assertEquals(List.of("began", "failed RESPONSE_TOO_LARGE", "ended"), events);
  }

  @Test
  void restoreIsImmediate() throws Exception {
    assertEquals(200, get("restore/next").statusCode());
  }

  @Test
  void whatIsOutstandingFailsWithItsInstance() throws Exception {
    invoke("{}");
    get("invocation/next");
    api.failOutstanding(Failure.CRASHED);
    assertEquals(List.of("began", "failed CRASHED"), events);
  }

  @Test
  void aStreamThatTheFunctionHasResetIsOverThoughItsClientDoesNotRead() throws Exception {
    reading = new CountDownLatch(1);
    String id = invoke("{}");
    get("invocation/next");
    try (Socket response = stream(id)) {
      assertTrue(chunkCame.await(60, TimeUnit.SECONDS));
      response.setSoLinger(true, 0);
    }
    String second = invoke("{}");
    assertEquals(second, header(get("invocation/next"), "Lambda-Runtime-Aws-Request-Id"));
    assertEquals(
        List.of("began", "streams text/plain", "failed CRASHED", "ended", "began"),
        events.subList(0, 5));
  }

  @Test
  void aStreamThatItsClientDoesNotReadIsOutstandingAndStaysWhole() throws Exception {
    reading = new CountDownLatch(1);
    String id = invoke("{}");
    get("invocation/next");
    try (Socket response = stream(id)) {
      assertTrue(chunkCame.await(60, TimeUnit.SECONDS));
      assertEquals(403, get("invocation/next").statusCode());
      reading.countDown();
      response.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] status = response.getInputStream().readNBytes("HTTP/1.1 202".length());
      assertEquals("HTTP/1.1 202", new String(status, StandardCharsets.US_ASCII));
    }
    assertEquals(List.of("began", "streams text/plain", "ended after 3", "ended"), events);
  }

  /** A response that has begun, with three bytes. */
  private Socket stream(String id) throws Exception {
    var address = URI.create("http://" + api.address());
    var socket = new Socket(address.getHost(), address.getPort());
    socket
        .getOutputStream()
        .write(
            """
            POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r
            Host: x\r
            Content-Type: text/plain\r
            Lambda-Runtime-Function-Response-Mode: streaming\r
            Transfer-Encoding: chunked\r
            \r
            3\r
            abc\r
            """
                .formatted(id)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private String invoke(String event) {
    var invocation = new PendingInvocation(event.getBytes(StandardCharsets.UTF_8), new Recording());
    invocation.sent(DEADLINE);
    waiting.add(invocation);
    return invocation.id();
  }

  private HttpResponse<String> get(String call) throws Exception {
    return client.send(request(call).build(), BodyHandlers.ofString());
  }

  private int post(String call, String body) throws Exception {
    var publisher = HttpRequest.BodyPublishers.ofString(body);
    return client.send(request(call).POST(publisher).build(), BodyHandlers.ofString()).statusCode();
  }

  private HttpRequest.Builder request(String call) {
    return HttpRequest.newBuilder(
        URI.create("http://" + api.address() + "/2018-06-01/runtime/" + call));
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private final class TestEnvironment implements LocalRuntimeApi.Environment {
    @Override
    public Optional<PendingInvocation> next() throws InterruptedException {
      return Optional.of(waiting.take());
    }

    @Override
    public void initFailed(String error) {
      events.add("init " + error);
    }

    @Override
    public void restored() {
      events.add("restored");
    }

    @Override
    public void began(PendingInvocation invocation) {
      events.add("began");
    }

    @Override
    public void ended(PendingInvocation invocation) {
      events.add("ended");
    }
  }

  private final class Recording implements Receiver {
    private final List<Byte> chunks = new ArrayList<>();

    @Override
    public void answered(byte[] payload) {
      events.add("answered " + new String(payload, StandardCharsets.UTF_8));
    }

    @Override
    public void began(String contentType) {
      events.add("streams " + contentType);
    }

    @Override
    public void chunk(byte[] bytes, int offset, int length) {
      chunkCame.countDown();
      awaitReading();
      for (int i = offset; i < offset + length; i++) {
        chunks.add(bytes[i]);
      }
    }

    private void awaitReading() {
      try {
        assertTrue(reading.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ended() {
      events.add("ended after " + chunks.size());
    }

    @Override
    public void failed(Failure why) {
      events.add("failed " + why);
      reading.countDown();
    }
  }
}
