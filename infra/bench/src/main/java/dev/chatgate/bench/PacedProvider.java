package dev.chatgate.bench;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * A provider that streams at an even pace and remembers when it wrote each chunk. The model's name
 * says how: {@code paced-50-40} is a chunk every 50 ms, 40 of them. Each chunk's text is a number
 * that no other has.
 */
final class PacedProvider implements AutoCloseable {
  private static final Pattern MODEL = Pattern.compile("\"paced-(\\d+)-(\\d+)\"");
  private static final Headers AS_STREAM = Headers.of("Content-Type", "text/event-stream");
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final HttpServer server = HttpServer.start(0, PacedProvider.this::answer);
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Long> written = new ConcurrentHashMap<>();

  /** A chat request that it understands. */
  static String request(Duration pace, int chunks) {
    return """
    {"model":"paced-%d-%d","messages":[{"role":"user","content":"Count."}],"max_tokens":100,\
    "stream":true,"stream_options":{"include_usage":true}}\
    """
        .formatted(pace.toMillis(), chunks);
  }

  /** What {@code UPSTREAM_BASE_URL} is set to. */
  String baseUrl() {
    return "http://127.0.0.1:" + server.port();
  }

  /** When the chunk with this number was written, by {@link System#nanoTime}. */
  long writtenAt(long number) {
    var at = written.get(number);
    if (at == null) {
      throw new IllegalArgumentException("no chunk has the number " + number);
    }
    return at;
  }

  @Override
  public void close() {
    server.close();
  }

  private void answer(Request request, Reply reply) throws IOException {
    var model = MODEL.matcher(request.bodyText(MAX_BODY_BYTES));
    if (!model.find()) {
      reply.send(400, Headers.of("Content-Type", "application/json"), new byte[0]);
      return;
    }
    var pace = Duration.ofMillis(Long.parseLong(model.group(1)));
    int chunks = Integer.parseInt(model.group(2));
    try (var out = reply.stream(200, AS_STREAM)) {
      stream(out, pace, chunks);
    }
  }

  private void stream(OutputStream out, Duration pace, int chunks) throws IOException {
    long start = System.nanoTime();
    for (int i = 1; i <= chunks; i++) {
      sleepUntil(start + i * pace.toNanos());
      long number = numbers.incrementAndGet();
      var event = event("{\"content\":\"" + number + " \"}", "null");
      written.put(number, System.nanoTime());
      out.write(event);
    }
    out.write(event("{}", "\"stop\""));
    out.write(
        """
        data: {"id":"p","object":"chat.completion.chunk","created":%d,"model":"paced","choices":[],\
        "usage":{"prompt_tokens":9,"completion_tokens":%d,"total_tokens":%d}}

        data: [DONE]

        """
            .formatted(Instant.now().getEpochSecond(), chunks, 9 + chunks)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] event(String delta, String finishReason) {
    return String.format(
            Locale.ROOT,
            """
            data: {"id":"p","object":"chat.completion.chunk","created":%d,"model":"paced",\
            "choices":[{"index":0,"delta":%s,"finish_reason":%s}]}

            """,
            Instant.now().getEpochSecond(),
            delta,
            finishReason)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void sleepUntil(long nanoTime) throws InterruptedIOException {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
