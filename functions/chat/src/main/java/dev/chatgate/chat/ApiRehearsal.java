package dev.chatgate.chat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.time.InstantSource;

/**
 * Plays scenes through the buffered entry, as events of an HTTP API, each read and its answer
 * written by the serialisers of AWS's runtime client: most of what a first call would load there is
 * theirs.
 */
final class ApiRehearsal implements Rehearsal.Entry {
  private final PojoSerializer<APIGatewayV2HTTPEvent> events =
      LambdaEventSerializers.serializerFor(
          APIGatewayV2HTTPEvent.class, ApiRehearsal.class.getClassLoader());
  private final PojoSerializer<APIGatewayV2HTTPResponse> answers =
      JacksonFactory.getInstance().getSerializer(APIGatewayV2HTTPResponse.class);

  @Override
  public int play(ApplicationContext application, Scene scene) {
    var handler =
        new ApiHandler(
            application.getBean(Gateway.class), application.getBean(InstantSource.class));
    var event = events.fromJson(new ByteArrayInputStream(scene.event()));
    var answer = handler.handleRequest(event, null);
    answers.toJson(answer, OutputStream.nullOutputStream());
    return answer.getStatusCode();
  }

  @Override
  public void close() {}
}
