package dev.chatgate.chat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.micronaut.context.ApplicationContext;
import io.micronaut.function.aws.MicronautRequestHandler;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The buffered entry, behind API Gateway (HTTP API, payload 2.0), run by AWS's own runtime client.
 * That client leaves no moment after the answer, so the call is settled when this returns.
 */
public class ApiHandler
    extends MicronautRequestHandler<@Nullable APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  @Inject @Nullable Gateway gateway;

  /** Starts the application, before a snapshot is taken. */
  public ApiHandler() {
    super(GatewayFactory.application());
  }

  /**
   * For tests.
   *
   * @param context a started application
   */
  ApiHandler(ApplicationContext context) {
    super(context);
  }

  @Override
  public APIGatewayV2HTTPResponse execute(@Nullable APIGatewayV2HTTPEvent event) {
    var response = new BufferedResponse();
    var request = event == null ? null : ApiEvents.request(event, Clock.systemUTC().instant());
    if (request == null) {
      answerUnknown(response);
    } else {
      injected().handle(request, response);
    }
    return answer(response);
  }

  private Gateway injected() {
    if (gateway == null) {
      throw new IllegalStateException("the application did not start");
    }
    return gateway;
  }

  private void answerUnknown(BufferedResponse response) {
    try {
      injected().answerUnknownEvent(response);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes the answer", e);
    }
  }

  /** As text where it is text: base64 would cost a third of the 6 MB that Lambda takes. */
  private static APIGatewayV2HTTPResponse answer(BufferedResponse response) {
    var text = Bodies.text(response.body());
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(response.status())
        .withHeaders(new LinkedHashMap<>(response.headers()))
        .withBody(text.orElseGet(() -> Base64.getEncoder().encodeToString(response.body())))
        .withIsBase64Encoded(text.isEmpty())
        .build();
  }
}
