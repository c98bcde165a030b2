package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.telemetry.Metric;
import dev.chatgate.warmup.WarmUpRequest;
import dev.chatgate.warmup.fake.FakeBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The delay of a complete answer if only its usage record cannot be written. */
class SettlementFailureTest {
  /** Time for the rest of the call on a slow machine, in addition to the settlement. */
  private static final Duration AMPLE = Duration.ofMillis(1_500);

  private static final String TYPE = "application/x-amz-json-1.0";

  private final AtomicInteger puts = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Optional<FakeBackend.Reply> failure = Optional.empty();
  private volatile boolean away;
  private FakeBackendApplication application;

  @BeforeEach
  void start() throws Exception {
    application = new FakeBackendApplication(this::failing);
    // A first call loads classes, which must not be part of the measured time.
    var _ =
        Entries.buffered(new ApiHandler(application.gateway(), InstantSource.system()), event());
    puts.set(0);
  }

  @AfterEach
  void stop() throws Exception {
    over.countDown();
    application.close();
  }

  private FakeBackend.Script failing(FakeBackend.Script usual) {
    return (path, headers, body) -> {
      if (!headers.getOrDefault("x-amz-target", "").endsWith(".PutItem")) {
        return usual.to(path, headers, body);
      }
      puts.incrementAndGet();
      if (away) {
        await();
      }
      return failure.orElseGet(() -> usual.to(path, headers, body));
    };
  }

  private void await() {
    try {
      var _ = over.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FakeBackend.Reply error(int status, String code) {
    var body =
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"SECRET\"}";
    return new FakeBackend.Reply(status, TYPE, List.of(body));
  }

  private static String event() {
    return new String(WarmUpRequest.FREQUENT.getFirst().event(Instant.now()), UTF_8);
  }

  private Duration buffered() {
    long began = System.nanoTime();
    var handler = new ApiHandler(application.gateway(), InstantSource.system());
    assertEquals(200, Entries.buffered(handler, event()).status());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Duration streamed() {
    long began = System.nanoTime();
    assertEquals(200, Entries.streamed(new StreamHandler(application.gateway()), event()).status());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private String lastLine() {
    return application.log().lines().toList().getLast();
  }

  private static void assertBelow(Duration most, Duration took) {
    assertTrue(took.compareTo(most) < 0, took.toString());
  }

  @Test
  void aRejectedRecordDelaysNoAnswer() {
    failure = Optional.of(error(400, "ValidationException"));
    assertBelow(AMPLE, buffered());
    assertEquals(1, puts.get());
    assertBelow(AMPLE, streamed());
    assertEquals(2, puts.get());
    assertTrue(lastLine().contains("\"settlement\":\"rejected_by_store\""), lastLine());
    assertTrue(lastLine().contains("\"settlement_cause\":\"ValidationException\""), lastLine());
    assertTrue(lastLine().contains("\"" + Metric.UNSETTLED.wireName() + "\":1"), lastLine());
    assertFalse(application.log().contains("SECRET"));
  }

  @Test
  void theBufferedDoorWaitsForAFailingStoreASecondOrTwo() {
    failure = Optional.of(error(400, "ThrottlingException"));
    assertBelow(ApiHandler.DOOR.settlesWithin().plus(AMPLE), buffered());
    assertTrue(puts.get() > 3, "tried again");
    assertTrue(lastLine().contains("\"settlement\":\"left_to_reconciler\""), lastLine());
  }

  @Test
  void theBufferedDoorWaitsForAnUnreachableStoreASecondOrTwo() {
    away = true;
    assertBelow(ApiHandler.DOOR.settlesWithin().plus(AMPLE), buffered());
    assertTrue(lastLine().contains("\"settlement\":\"left_to_reconciler\""), lastLine());
  }

  @Test
  void theStreamingDoorIsBusyForSomeSeconds() {
    failure = Optional.of(error(500, "InternalServerError"));
    assertBelow(StreamHandler.DOOR.settlesWithin().plus(AMPLE), streamed());
    assertTrue(puts.get() > 5, "tried again");
    assertTrue(lastLine().contains("\"settlement\":\"left_to_reconciler\""), lastLine());
  }
}
