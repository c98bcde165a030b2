package dev.chatgate.chat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.micronaut.context.ApplicationContext;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The buffered entry, behind API Gateway (HTTP API, payload 2.0), run by AWS's own runtime client.
 * That client leaves no moment after the answer, so the call is settled when this returns.
 */
public final class ApiHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Gateway gateway;
  private final InstantSource clock;

  // Held here: the runtime holds its hooks weakly.
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
  ApiHandler(ApplicationContext context) {
    this.gateway = context.getBean(Gateway.class);
    this.clock = context.getBean(InstantSource.class);
    this.snapshot = Snapshot.of(context, ApiRehearsal::new);
  }

  /**
   * For rehearsals.
   *
   * @param gateway what answers
   * @param clock the present
   */
  ApiHandler(Gateway gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
    this.snapshot = null;
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(
      @Nullable APIGatewayV2HTTPEvent event, @Nullable Context context) {
    var response = new BufferedResponse();
    var request = event == null ? null : ApiEvents.request(event, clock.instant());
    if (request != null) {
      gateway.handle(traced(request), response);
    } else if (event != null && KeepWarm.is(event.getRouteKey())) {
      gateway.answerKeepWarm(response);
    } else {
      gateway.answerUnknownEvent(response);
    }
    return answer(response);
  }

  /** AWS's runtime client tells of the trace where the X-Ray SDK looks for it. */
  private static GatewayRequest traced(GatewayRequest request) {
    var trace = System.getProperty("com.amazonaws.xray.traceHeader");
    return trace == null ? request : request.withHeader(TraceContext.AWS_HEADER, trace);
  }

  /** As text where it is text: base64 would cost a third of the 6 MB that Lambda takes. */
  private static APIGatewayV2HTTPResponse answer(BufferedResponse response) {
    var text = response.text();
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(response.status())
        .withHeaders(new LinkedHashMap<>(response.headers()))
        .withBody(text.orElseGet(() -> Base64.getEncoder().encodeToString(response.body())))
        .withIsBase64Encoded(text.isEmpty())
        .build();
  }
}
