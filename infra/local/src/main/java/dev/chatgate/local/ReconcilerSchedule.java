package dev.chatgate.local;

import dev.chatgate.local.lambda.Failure;
import dev.chatgate.local.lambda.InstancePool;
import dev.chatgate.local.lambda.Receiver;
import dev.chatgate.local.template.SamTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Invokes the reconciler on a schedule, as EventBridge does. */
final class ReconcilerSchedule implements AutoCloseable {
  private final InstancePool function;
  private final Optional<String> input;
  private final Consumer<String> log;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("reconciler-schedule").factory());

  /**
   * @param function the reconciler
   * @param input the input of the template's schedule; absent means EventBridge's own event
   * @param every the interval; zero disables the schedule
   * @param log gets one line for each failure
   */
  ReconcilerSchedule(
      InstancePool function, Optional<String> input, Duration every, Consumer<String> log) {
    this.function = function;
    this.input = input;
    this.log = log;
    if (every.isPositive()) {
      long millis = every.toMillis();
      var _ =
          schedule.scheduleWithFixedDelay(this::runQuietly, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Invokes the reconciler now and waits for its result.
   *
   * @throws IllegalStateException if it fails
   */
  String run() {
    var answer = new CompletableFuture<String>();
    function.invoke(event().getBytes(StandardCharsets.UTF_8), new ResultReceiver(answer));
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the reconciler failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    schedule.shutdownNow();
  }

  private void runQuietly() {
    try {
      run();
    } catch (IllegalStateException e) {
      log.accept("local | " + e.getMessage());
    }
  }

  private String event() {
    return input.orElseGet(() ->
        """
        {"version":"0","id":"%s","detail-type":"Scheduled Event","source":"aws.events",\
        "account":"000000000000","time":"%s","region":"%s",\
        "resources":["arn:aws:events:%s:000000000000:rule/chatgate-reconciler"],"detail":{}}\
        """
            .formatted(
                UUID.randomUUID(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                SamTemplate.REGION,
                SamTemplate.REGION));
  }

  private record ResultReceiver(CompletableFuture<String> text) implements Receiver {
    @Override
    public void answered(byte[] payload) {
      text.complete(new String(payload, StandardCharsets.UTF_8));
    }

    @Override
    public void began(String contentType) {}

    @Override
    public void chunk(byte[] bytes, int offset, int length) {}

    @Override
    public void ended() {
      text.complete("");
    }

    @Override
    public void failed(Failure why) {
      text.completeExceptionally(new IllegalStateException(why.name()));
    }
  }
}
