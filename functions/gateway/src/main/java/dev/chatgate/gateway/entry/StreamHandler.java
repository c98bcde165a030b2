package dev.chatgate.gateway.entry;

import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.ResponseChannel;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseWriter;
import dev.chatgate.streaming.StreamingHandler;
import dev.chatgate.warmup.Snapshot;
import dev.chatgate.warmup.StreamWarmUp;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The streaming entry, behind a function URL, run by the streaming runtime: the call is settled
 * after its last byte.
 */
public final class StreamHandler implements StreamingHandler {
  /**
   * While the store fails, the instance is busy and billed. When hundreds of calls of one tenant
   * end together, their writes to one item may need up to 25 s. It is worth trying that long,
   * because a settlement charges the usage, while the reconciler would charge the reserve.
   */
  public static final Door DOOR =
      new Door("stream", Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(25), true);

  // Reserved at the end of the invocation for the log line and the return to the runtime.
  private static final Duration RESERVED_TIME = Duration.ofMillis(500);

  private final RequestPipeline gateway;

  // A strong reference: the CRaC context holds its hooks weakly.
  @SuppressWarnings("UnusedVariable")
  private final @Nullable Snapshot snapshot;

  /** Starts the application, before a snapshot is taken. */
  public StreamHandler() {
    this(GatewayFactory.start());
  }

  /**
   * For tests.
   *
   * @param context a started application
   */
  public StreamHandler(BeanContext context) {
    gateway = context.getBean(RequestPipeline.class);
    snapshot = Snapshot.of(context, () -> new StreamWarmUp(StreamHandler::new));
  }

  /**
   * For the warm-up and tests.
   *
   * @param gateway answers the requests
   */
  public StreamHandler(RequestPipeline gateway) {
    this.gateway = gateway;
    snapshot = null;
  }

  /** Adapts a channel of the streaming runtime. */
  static ResponseChannel channelOver(ResponseWriter runtime) {
    return new Channel(runtime);
  }

  @Override
  public void handle(byte[] event, InvocationContext context, ResponseWriter response) {
    var channel = channelOver(response);
    var end = context.deadline().minus(RESERVED_TIME);
    switch (HttpEvents.read(DOOR, event, end, end)) {
      case HttpEvents.Read.Call(var request) -> gateway.handle(traced(request, context), channel);
      case HttpEvents.Read.KeptWarm _ -> gateway.answerKeepWarm(channel);
      case HttpEvents.Read.Unknown _ -> gateway.answerUnknownEvent(channel);
    }
  }

  /** The trace header of the Runtime API replaces that of the event. */
  private static GatewayRequest traced(GatewayRequest request, InvocationContext context) {
    return context
        .traceId()
        .map(trace -> request.withHeader(TraceContext.AWS_HEADER, trace))
        .orElse(request);
  }

  /** Adapts the runtime's channel, which sends the head with the first byte. */
  private static final class Channel implements ResponseChannel {
    private final ResponseWriter runtime;
    private boolean committed;

    Channel(ResponseWriter runtime) {
      this.runtime = runtime;
    }

    @Override
    public void head(int status, Map<String, String> headers) throws IOException {
      runtime.head(status, headers);
    }

    @Override
    public void endWithin(Duration time) throws IOException {
      runtime.endWithin(time);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      committed = true;
      runtime.write(bytes, offset, length);
    }

    @Override
    public void end() throws IOException {
      committed = true;
      runtime.end();
    }

    @Override
    public boolean committed() {
      return committed;
    }

    @Override
    public void breakOff(Throwable error) throws IOException {
      runtime.fail(error);
    }
  }
}
