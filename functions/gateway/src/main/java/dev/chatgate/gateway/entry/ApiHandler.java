package dev.chatgate.gateway.entry;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.warmup.ApiWarmUp;
import dev.chatgate.warmup.Snapshot;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The buffered entry, behind API Gateway (HTTP API, payload 2.0), run by AWS's own runtime client.
 * That client gives no time after the answer, so the call is settled before the handler returns.
 */
public final class ApiHandler implements RequestStreamHandler {
  /**
   * An HTTP API times out after 29 s, counted from before a snapshot's restore. Lambda's own
   * deadline is later and does not matter here. The caller waits for the settlement although the
   * answer is complete, so it is tried for a short time only.
   */
  public static final Door DOOR =
      new Door(
          "api",
          Optional.of(Duration.ofSeconds(25)),
          Duration.ofSeconds(2),
          Duration.ofMillis(1_500),
          false);

  private final RequestPipeline gateway;
  private final InstantSource clock;

  // A strong reference: the CRaC context holds its hooks weakly.
  @SuppressWarnings("UnusedVariable")
  private final @Nullable Snapshot snapshot;

  /** Starts the application, before a snapshot is taken. */
  public ApiHandler() {
    this(GatewayFactory.start());
  }

  /**
   * For tests.
   *
   * @param context a started application
   */
  public ApiHandler(BeanContext context) {
    this.gateway = context.getBean(RequestPipeline.class);
    this.clock = context.getBean(InstantSource.class);
    this.snapshot = Snapshot.of(context, () -> new ApiWarmUp(ApiHandler::new));
  }

  /**
   * For the warm-up.
   *
   * @param gateway answers the requests
   * @param clock the current time
   */
  public ApiHandler(RequestPipeline gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
    this.snapshot = null;
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, @Nullable Context context)
      throws IOException {
    var response = new BufferedResponse();
    switch (HttpEvents.read(DOOR, event, clock.instant(), Instant.MAX)) {
      case HttpEvents.Read.Call(var request) -> gateway.handle(traced(request), response);
      case HttpEvents.Read.KeptWarm _ -> gateway.answerKeepWarm(response);
      case HttpEvents.Read.Unknown _ -> gateway.answerUnknownEvent(response);
    }
    response.writeTo(answer);
  }

  private static GatewayRequest traced(GatewayRequest request) {
    var trace = System.getProperty(TraceContext.RUNTIME_PROPERTY);
    return trace == null ? request : request.withHeader(TraceContext.AWS_HEADER, trace);
  }
}
