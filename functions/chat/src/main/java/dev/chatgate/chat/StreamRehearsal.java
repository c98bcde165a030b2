package dev.chatgate.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseChannel;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays scenes through the streaming entry, as events of a function URL. */
final class StreamRehearsal {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration TIME = Duration.ofMinutes(1);

  private StreamRehearsal() {}

  static int play(ApplicationContext application, Scene scene) throws IOException {
    var answer = new Answer();
    var deadline = application.getBean(InstantSource.class).instant().plus(TIME);
    new StreamHandler(application.getBean(Gateway.class))
        .handle(
            event(scene),
            new InvocationContext("rehearsal", deadline, "", Optional.empty()),
            answer);
    return answer.status;
  }

  /** Payload 2.0, as far as a function URL fills it in for a call with a key of its own. */
  private static byte[] event(Scene scene) throws IOException {
    var event = new ByteArrayOutputStream(2048);
    try (var json = JSON.createGenerator(event)) {
      json.writeStartObject();
      json.writeStringField("version", "2.0");
      json.writeStringField("routeKey", "$default");
      json.writeStringField("rawPath", scene.path());
      json.writeStringField("rawQueryString", "");
      writeStrings(json, "headers", scene.headers());
      json.writeObjectFieldStart("requestContext");
      writeStrings(json, "http", Map.of("method", scene.method(), "path", scene.path()));
      json.writeStringField("stage", "$default");
      json.writeEndObject();
      if (!scene.body().isEmpty()) {
        json.writeStringField("body", scene.body());
      }
      json.writeBooleanField("isBase64Encoded", false);
      json.writeEndObject();
    }
    return event.toByteArray();
  }

  private static void writeStrings(JsonGenerator json, String name, Map<String, String> members)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (var member : members.entrySet()) {
      json.writeStringField(member.getKey(), member.getValue());
    }
    json.writeEndObject();
  }

  /** Keeps the status; what follows it, the runtime rehearses by itself. */
  private static final class Answer implements ResponseChannel {
    private int status;

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      this.status = status;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void end() {}

    @Override
    public void fail(Throwable error) {}
  }
}
