package dev.chatgate.local.door;

import dev.chatgate.local.http.Header;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.local.lambda.Failure;
import dev.chatgate.local.lambda.InstancePool;
import dev.chatgate.local.lambda.Receiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An HTTP API of API Gateway in front of a function: one request, one event, one complete response.
 */
public final class ApiDoor implements HttpServer.Handler {
  private final InstancePool function;
  private final Duration integrationTimeout;
  private final Clock clock;

  /**
   * @param function the function to invoke
   * @param integrationTimeout time limit for the response, from the request's arrival
   * @param clock dates the events
   */
  public ApiDoor(InstancePool function, Duration integrationTimeout, Clock clock) {
    this.function = function;
    this.integrationTimeout = integrationTimeout;
    this.clock = clock;
  }

  @Override
  public void handle(Request request, Reply reply) throws IOException {
    Instant at = clock.instant();
    String id = UUID.randomUUID().toString();
    var own = Headers.of("apigw-requestid", id);
    var arrival = new HttpEvent.Arrival(HttpEvent.Path.DECODED, id, at);
    Optional<byte[]> event = EventFactory.event(request, arrival, reply, own);
    if (event.isPresent()) {
      var outcome = new BufferingReceiver();
      function.invoke(event.get(), outcome);
      long left = Duration.between(clock.instant(), at.plus(integrationTimeout)).toMillis();
      answer(outcome.within(Math.max(0, left)), reply, own);
    }
  }

  private static void answer(Outcome outcome, Reply reply, Headers own) throws IOException {
    switch (outcome) {
      case Outcome.Returned(byte[] payload) -> returned(payload, reply, own);
      case Outcome.TimedOut() -> AwsErrorResponse.API_UNAVAILABLE.send(reply, own);
      case Outcome.Failed(Failure why) -> {
        boolean throttled = why == Failure.THROTTLED;
        var answer =
            throttled ? AwsErrorResponse.API_UNAVAILABLE : AwsErrorResponse.API_FUNCTION_FAILED;
        answer.send(reply, own);
      }
    }
  }

  private static void returned(byte[] payload, Reply reply, Headers own) throws IOException {
    Optional<FunctionResponse> answer = FunctionResponse.of(payload, "text/plain;charset=UTF-8");
    if (answer.isEmpty()) {
      AwsErrorResponse.API_FUNCTION_FAILED.send(reply, own);
      return;
    }
    Headers headers = answer.get().headers();
    for (Header line : own.lines()) {
      headers = headers.with(line.name(), line.value());
    }
    reply.send(answer.get().status(), headers, answer.get().body());
  }

  private sealed interface Outcome {
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Returned(byte[] payload) implements Outcome {}

    record Failed(Failure why) implements Outcome {}

    record TimedOut() implements Outcome {}
  }

  /** Collects the complete response: API Gateway forwards nothing before that. */
  private static final class BufferingReceiver implements Receiver {
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final ByteArrayOutputStream streamed = new ByteArrayOutputStream();

    Outcome within(long millis) {
      try {
        return outcome.get(millis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return new Outcome.TimedOut();
      } catch (InterruptedException | ExecutionException e) {
        return new Outcome.Failed(Failure.CRASHED);
      }
    }

    @Override
    public void answered(byte[] payload) {
      outcome.complete(new Outcome.Returned(payload));
    }

    @Override
    public void began(String contentType) {}

    @Override
    public synchronized void chunk(byte[] bytes, int offset, int length) {
      streamed.write(bytes, offset, length);
    }

    @Override
    public synchronized void ended() {
      outcome.complete(new Outcome.Returned(streamed.toByteArray()));
    }

    @Override
    public void failed(Failure why) {
      outcome.complete(new Outcome.Failed(why));
    }
  }
}
