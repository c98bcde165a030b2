package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseChannel;
import dev.chatgate.warmup.WarmUpRequest;
import dev.chatgate.warmup.fake.FakeBackend;
import dev.chatgate.warmup.fake.FakeResponses;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a call allocates on its own thread, in the whole application: entry, ledger with the SDK's
 * client, provider's client, log line. Store and provider are other threads and do not count.
 *
 * <p>The recorded bytes are those of code that is not yet compiled by C2, which leaves some objects
 * out: how far the compiler has come makes a count smaller, never larger. {@code
 * infra/bench/results/table.md} has those of warm code, on all threads.
 */
class AllocationTest {
  private static final double HEAD_ROOM = 1.2;
  private static final long PLAIN_CALL_AT_THE_STREAMING_DOOR = 364_000;
  private static final long PLAIN_CALL_AT_THE_API_DOOR = 367_000;
  private static final long EVENT_AT_THE_STREAMING_DOOR = 1_470;
  private static final long EVENT_AT_THE_API_DOOR = 3_080;

  private static final int WARM_UP = 60;
  private static final int CALLS = 200;
  private static final int STREAMS = 30;
  private static final int SHORT = 100;
  private static final int LONG = 600;
  private static final Duration TIME = Duration.ofMinutes(1);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @SuppressWarnings("NullAway.Init")
  private static FakeBackendApplication application;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    application = new FakeBackendApplication(AllocationTest::lengthened);
  }

  @AfterAll
  static void stop() throws IOException {
    application.close();
  }

  @Test
  void aPlainCallAtTheStreamingDoorAllocatesNoMoreThanRecorded() {
    assertAtMost(PLAIN_CALL_AT_THE_STREAMING_DOOR, bytesOfACall(this::streamingDoor, 0, CALLS));
  }

  @Test
  void aPlainCallAtTheApiDoorAllocatesNoMoreThanRecorded() {
    assertAtMost(PLAIN_CALL_AT_THE_API_DOOR, bytesOfACall(this::apiDoor, 0, CALLS));
  }

  @Test
  void anEventOfAStreamAllocatesNoMoreThanRecordedAtTheStreamingDoor() {
    assertAtMost(EVENT_AT_THE_STREAMING_DOOR, bytesOfAnEvent(this::streamingDoor));
  }

  @Test
  void anEventOfAStreamAllocatesNoMoreThanRecordedAtTheApiDoor() {
    assertAtMost(EVENT_AT_THE_API_DOOR, bytesOfAnEvent(this::apiDoor));
  }

  private static void assertAtMost(long recorded, long bytes) {
    assertTrue(
        bytes <= recorded * HEAD_ROOM,
        () ->
            "%d bytes, which is more than %d and a fifth; if it has to be, record it and say why"
                .formatted(bytes, recorded));
  }

  /** One of the two. */
  private interface Entry {
    /** Hands the event over; only what the returned call does counts. */
    Runnable ready(byte[] event);
  }

  private Runnable streamingDoor(byte[] event) {
    var handler = new StreamHandler(application.gateway());
    var context = new InvocationContext("id", Instant.now().plus(TIME), "", Optional.empty());
    return () -> handler.handle(event, context, new Swallowing());
  }

  private Runnable apiDoor(byte[] event) {
    var handler = new ApiHandler(application.gateway(), InstantSource.system());
    return () -> {
      var answer = new ByteArrayOutputStream();
      try {
        handler.handleRequest(new ByteArrayInputStream(event), answer, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assertTrue(answer.toString(UTF_8).startsWith("{\"statusCode\":200,"));
    };
  }

  /** From the difference of two lengths, so that what a stream costs once drops out. */
  private static long bytesOfAnEvent(Entry entry) {
    long few = bytesOfACall(entry, SHORT, STREAMS);
    long many = bytesOfACall(entry, LONG, STREAMS);
    return (many - few) / (LONG - SHORT);
  }

  /** The median: a cache that is filled or a table that grows is nobody's call. */
  private static long bytesOfACall(Entry entry, int events, int calls) {
    var event = scene(events).event(Instant.now());
    for (int i = 0; i < WARM_UP; i++) {
      entry.ready(event).run();
    }
    return Stream.generate(() -> allocated(entry.ready(event)))
        .limit(calls)
        .sorted()
        .skip(calls / 2)
        .findFirst()
        .orElseThrow();
  }

  private static long allocated(Runnable call) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    call.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** A stream is as long as it may be. */
  private static WarmUpRequest scene(int events) {
    var body =
        "{\"model\":\"%s\",\"stream\":%s,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(
                FakeResponses.MODEL,
                events > 0,
                Math.max(events, 1),
                "What does a gateway add to a call? ".repeat(8));
    return new WarmUpRequest("POST", "/openai/v1/chat/completions", FakeResponses.KEY, body, 200);
  }

  private static FakeBackend.Script lengthened(FakeBackend.Script usual) {
    return (path, headers, body) -> {
      var reply = usual.to(path, headers, body);
      if (reply.pieces().size() == 1) {
        return reply;
      }
      int events = Integer.parseInt(body.replaceAll("(?s).*\"max_tokens\":(\\d+).*", "$1"));
      var pieces =
          Stream.concat(
                  Collections.nCopies(events, reply.pieces().getFirst()).stream(),
                  reply.pieces().stream())
              .toList();
      return new FakeBackend.Reply(reply.status(), reply.contentType(), pieces);
    };
  }

  /** The streaming runtime has its own count of what it allocates. */
  private static final class Swallowing implements ResponseChannel {
    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      assertEquals(200, status);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void end() {}

    @Override
    public void fail(Throwable error) {
      throw new AssertionError("the answer failed", error);
    }
  }
}
