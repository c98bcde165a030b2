package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client that does not read its answer, or reads it slowly, has until the deadline of its call:
 * then the call is recorded, once, and the instance answers the next.
 */
class SlowClientTest {
  private static final int CALL_SECONDS = 3;
  private static final int STREAM = 1;

  /** More than fits into all buffers between the function and the client. */
  private static final int CHUNKS = 4_000;

  private static final String DELTA =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n"
          .formatted("many words ".repeat(1_000));
  private static final String ANSWER =
      "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},"
          + "\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":321,\"total_tokens\":328}}";

  private static final UsageTotals REAL = new UsageTotals(1, 7, 0, 321, 0, 0);

  /** For starting, settling and asking on a busy machine. */
  private static final int MAX_EXTRA_SECONDS = 20;

  private static ScriptedProvider provider;
  private static PackagedStack stack;
  private static List<ProcessHandle> instances;

  @BeforeAll
  static void start() throws Exception {
    provider = new ScriptedProvider();
    stack =
        PackagedStack.start(
            Map.of(
                "CHATGATE_INSTANCES",
                "1",
                "CHATGATE_CALL_SECONDS",
                Integer.toString(CALL_SECONDS),
                "UPSTREAM_RETRIES",
                "0",
                "UPSTREAM_BASE_URL",
                provider.url().toString()));
    provider.instead(wire -> wire.json(200, ANSWER.formatted("short")));
    tenant("first");
    stack
        .http()
        .send(
            PackagedStack.chat(stack.doors().get(STREAM), key("first"), body(false)),
            BodyHandlers.discarding());
    instances = stack.stack().streamInstances();
  }

  @AfterAll
  static void stop() {
    stack.close();
    provider.close();
  }

  @Test
  void aStreamThatIsNotReadIsCutAndOnRecord() throws Exception {
    provider.instead(SlowClientTest::streamAtLength);
    assertEstimated(recordOf("unread", true, in -> {}));
  }

  @Test
  void aStreamThatIsReadByteByByteIsCutAndOnRecord() throws Exception {
    provider.instead(SlowClientTest::streamAtLength);
    assertEstimated(recordOf("trickling", true, SlowClientTest::readNowAndThen));
  }

  @Test
  void aPlainAnswerThatIsNotReadIsOnRecordAsTheProviderSays() throws Exception {
    provider.instead(wire -> wire.json(200, ANSWER.formatted("many words ".repeat(2_000_000))));
    UsageRecord record = recordOf("plain", false, in -> {});
    assertEquals(REAL, record.charged());
    assertEquals(Optional.empty(), record.call().orElseThrow().facts().errorCode());
  }

  /** What a client does with its answer. */
  private interface Client {
    void take(InputStream answer) throws IOException, InterruptedException;
  }

  /** The record that the call leaves while its client keeps the connection open. */
  private static UsageRecord recordOf(String tenant, boolean streamed, Client client)
      throws Exception {
    tenant(tenant);
    long began = System.nanoTime();
    URI door = URI.create(stack.doors().get(STREAM));
    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.getPort()));
      socket.getOutputStream().write(request(tenant, body(streamed)));
      client.take(socket.getInputStream());
      UsageRecord record = stack.onlyRecord(tenant);
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.toSeconds() >= CALL_SECONDS, took::toString);
      assertTrue(took.toSeconds() < CALL_SECONDS + MAX_EXTRA_SECONDS, took::toString);
      theInstanceAnswersTheNext(tenant + "-next");
      return record;
    }
  }

  /** While the first client still has its connection. */
  private static void theInstanceAnswersTheNext(String tenant) throws Exception {
    tenant(tenant);
    provider.instead(wire -> wire.json(200, ANSWER.formatted("short")));
    var request = PackagedStack.chat(stack.doors().get(STREAM), key(tenant), body(false));
    var answer = stack.http().send(request, BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(REAL, stack.onlyRecord(tenant).charged());
    assertEquals(instances, stack.stack().streamInstances(), "another instance was started");
  }

  private static void assertEstimated(UsageRecord record) {
    assertEquals(UsageRecord.Kind.CALL, record.kind());
    assertEquals(1, record.charged().estimated());
    assertTrue(record.charged().completion() > 0, record.toString());
  }

  private static void streamAtLength(Wire wire) throws IOException {
    wire.streamHead();
    for (int i = 0; i < CHUNKS; i++) {
      wire.chunk(DELTA);
    }
  }

  /** A paced peer: it has not read as much as one buffer holds when its call is over. */
  private static void readNowAndThen(InputStream answer) throws IOException, InterruptedException {
    for (int i = 0; i < 40 && answer.read() >= 0; i++) {
      Thread.sleep(50);
    }
  }

  private static void tenant(String id) {
    stack.tenant(
        "{\"id\":\"%s\",\"keys\":[{\"name\":\"k\",\"secret\":\"%s\"}]}".formatted(id, key(id)));
  }

  private static String key(String tenant) {
    return "cg_" + tenant;
  }

  private static String body(boolean streamed) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":%s}"
        .formatted(streamed);
  }

  private static byte[] request(String tenant, String body) {
    return """
    POST /v1/chat/completions HTTP/1.1\r
    Host: localhost\r
    Authorization: Bearer %s\r
    Content-Type: application/json\r
    Content-Length: %d\r
    \r
    %s\
    """
        .formatted(key(tenant), body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
