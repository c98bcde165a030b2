package dev.chatgate.chat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.micronaut.context.ApplicationContext;
import java.time.InstantSource;

/** Plays scenes through the buffered entry, as events of an HTTP API. */
final class ApiRehearsal {
  private ApiRehearsal() {}

  static int play(ApplicationContext application, Scene scene) {
    var handler =
        new ApiHandler(
            application.getBean(Gateway.class), application.getBean(InstantSource.class));
    return handler.handleRequest(event(scene), null).getStatusCode();
  }

  private static APIGatewayV2HTTPEvent event(Scene scene) {
    var http =
        APIGatewayV2HTTPEvent.RequestContext.Http.builder()
            .withMethod(scene.method())
            .withPath(scene.path())
            .build();
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRawPath(scene.path())
        .withRawQueryString("")
        .withHeaders(scene.headers())
        .withBody(scene.body())
        .withRequestContext(
            APIGatewayV2HTTPEvent.RequestContext.builder()
                .withStage("$default")
                .withHttp(http)
                .build())
        .build();
  }
}
