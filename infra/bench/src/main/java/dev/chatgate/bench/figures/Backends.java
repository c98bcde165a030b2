package dev.chatgate.bench.figures;

import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.tenant.KeyHash;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The provider, DynamoDB and Secrets Manager on one port, answering from memory and adding up how
 * long that took, so that it can be told from the gateway's own time. One tenant, with limits of
 * every kind and a price for its model.
 *
 * <p>The model's name says how to stream: {@code stream-20-5} is 20 events, 5 ms apart.
 */
final class Backends implements AutoCloseable {
  /** The model of a plain call. */
  static final String PLAIN_MODEL = "plain";

  /** The tenant's key. */
  static final String KEY = "cg_bench";

  private static final Pattern STREAM = Pattern.compile("\"stream-(\\d+)-(\\d+)\"");
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final Headers JSON = Headers.of("Content-Type", "application/json");
  private static final Headers EVENTS = Headers.of("Content-Type", "text/event-stream");
  private static final String USAGE =
      "{\"prompt_tokens\":12,\"completion_tokens\":20,\"total_tokens\":32}";

  private final HttpServer server = HttpServer.start(0, Backends.this::answer);
  private final AtomicLong ownNanos = new AtomicLong();
  private final AtomicInteger storeCalls = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Long> written = new ConcurrentHashMap<>();

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** Time spent here since the last question, without that between a stream's events. */
  long takeOwnNanos() {
    return ownNanos.getAndSet(0);
  }

  /** Requests to the store since the last question. */
  int takeStoreCalls() {
    return storeCalls.getAndSet(0);
  }

  /** When each event was written, by its number and {@link System#nanoTime}. */
  Map<Long, Long> written() {
    return written;
  }

  @Override
  public void close() {
    server.close();
  }

  private void answer(Request request, Reply reply) throws IOException {
    var body = request.bodyText(MAX_BODY_BYTES);
    long began = System.nanoTime();
    var target = request.headers().first("X-Amz-Target").orElse("");
    if (request.path().equals(AwsEndpoint.CREDENTIALS_PATH)) {
      reply.send(200, JSON, credentials());
    } else if (!target.isEmpty()) {
      storeCalls.incrementAndGet();
      var answer = store(target.substring(target.indexOf('.') + 1), body);
      // Before the sending, in which the caller may go on already.
      ownNanos.addAndGet(System.nanoTime() - began);
      reply.send(200, headersOfAws(answer), answer);
    } else {
      complete(body, reply, began);
    }
  }

  private void complete(String body, Reply reply, long began) throws IOException {
    var model = STREAM.matcher(body);
    if (model.find()) {
      long pace = Duration.ofMillis(Long.parseLong(model.group(2))).toNanos();
      stream(reply, Integer.parseInt(model.group(1)), pace, began);
    } else {
      var answer = plain();
      ownNanos.addAndGet(System.nanoTime() - began);
      reply.send(200, JSON, answer);
    }
  }

  private static byte[] credentials() {
    return bytes(
        """
        {"AccessKeyId":"bench","SecretAccessKey":"bench","Token":"bench","Expiration":"%s"}\
        """
            .formatted(Instant.now().plus(Duration.ofHours(1))));
  }

  /** The client looks at each of them. */
  private static Headers headersOfAws(byte[] answer) {
    var checksum = new CRC32();
    checksum.update(answer);
    return Headers.of(
        "Content-Type", "application/x-amz-json-1.0",
        "x-amzn-RequestId", "bench",
        "x-amz-crc32", Long.toString(checksum.getValue()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] store(String operation, String body) {
    return bytes(
        switch (operation) {
          case "GetItem" -> "{\"Item\":" + item(body) + "}";
          case "Scan" -> "{\"Items\":[" + item("\"key#") + "," + item("\"tenant#") + "]}";
          case "Query" ->
              """
              {"Count":1,"ScannedCount":1,"Items":[{"pk":{"S":"prices"},"sk":{"S":"2026-01-01#plain"},\
              "model":{"S":"plain"},"from":{"S":"2026-01-01"},"tiers":{"L":[{"M":{"above":{"N":"0"},\
              "prompt":{"N":"1000000"},"completion":{"N":"2000000"}}}]}}]}\
              """;
          case "UpdateItem" -> "{\"Attributes\":" + quota() + "}";
          case "GetSecretValue" ->
              "{\"Name\":\"provider\",\"VersionId\":\"1\",\"SecretString\":\"sk-bench\",\"CreatedDate\":1.7E9}";
          default -> "{}";
        });
  }

  private static String item(String request) {
    if (request.contains("\"key#")) {
      return """
      {"pk":{"S":"key#%s"},"sk":{"S":"key"},"tenant":{"S":"bench"},"name":{"S":"first"},"code":{"N":"0"}}\
      """
          .formatted(KeyHash.of(KEY).hex());
    }
    return """
    {"pk":{"S":"tenant#bench"},"sk":{"S":"config"},"version":{"N":"1"},"next_code":{"N":"1"},"keys":{"M":{}},"config":{"S":\
    "{\\"id\\":\\"bench\\",\\"status\\":\\"active\\",\\"quota\\":{\\"requests_per_minute\\":6000000,\
    \\"tokens_per_minute\\":6000000000,\\"tokens_per_day\\":600000000000,\
    \\"tokens_per_month\\":600000000000,\\"max_concurrent_requests\\":1000}}"}}\
    """;
  }

  private static String quota() {
    long day = LocalDate.now(ZoneOffset.UTC).toEpochDay();
    return """
    {"pk":{"S":"bench#0"},"n":{"N":"0"},"th":{"N":"0"},"tv":{"N":"0"},"dy":{"N":"%d"}}\
    """
        .formatted(day);
  }

  private static byte[] plain() {
    return bytes(
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"plain","choices":[{"index":0,\
        "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":%s}\
        """
            .formatted("Twenty words or so are a short answer. ".repeat(3), USAGE));
  }

  private void stream(Reply reply, int events, long paceNanos, long began) throws IOException {
    try (var out = reply.stream(200, EVENTS)) {
      long own = System.nanoTime() - began;
      for (int i = 0; i < events; i++) {
        sleepUntil(began + i * paceNanos);
        long writing = System.nanoTime();
        long number = numbers.incrementAndGet();
        var event = event("{\"content\":\"" + number + " \"}", "null");
        if (paceNanos > 0) {
          written.put(number, System.nanoTime());
        }
        out.write(event);
        own += System.nanoTime() - writing;
      }
      long writing = System.nanoTime();
      out.write(event("{}", "\"stop\""));
      out.write(
          bytes(
              """
              data: {"id":"p","object":"chat.completion.chunk","created":1,"model":"p","choices":[],"usage":%s}

              data: [DONE]

              """
                  .formatted(USAGE)));
      ownNanos.addAndGet(own + System.nanoTime() - writing);
    }
  }

  private static byte[] event(String delta, String finishReason) {
    return bytes(
        """
        data: {"id":"p","object":"chat.completion.chunk","created":1,"model":"p","choices":[{"index":0,\
        "delta":%s,"finish_reason":%s}]}

        """
            .formatted(delta, finishReason));
  }

  private static void sleepUntil(long nanoTime) throws InterruptedIOException {
    long left = nanoTime - System.nanoTime();
    if (left <= 0) {
      return;
    }
    try {
      Thread.sleep(Duration.ofNanos(left));
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  /** A chat request. */
  static String request(String model) {
    return """
    {"model":"%s","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"%s"}],\
    "max_tokens":100%s}\
    """
        .formatted(
            model,
            "What does a gateway add to a call? ".repeat(8),
            model.startsWith("stream") ? ",\"stream\":true" : "");
  }
}
