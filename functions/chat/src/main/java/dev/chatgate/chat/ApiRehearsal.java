package dev.chatgate.chat;

import com.fasterxml.jackson.core.JsonFactory;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.InstantSource;

/** Plays scenes through the buffered entry, as events of an HTTP API. */
final class ApiRehearsal implements Rehearsal.Entry {
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public int play(ApplicationContext application, Scene scene) throws IOException {
    var handler =
        new ApiHandler(
            application.getBean(Gateway.class), application.getBean(InstantSource.class));
    var answer = new ByteArrayOutputStream();
    handler.handleRequest(new ByteArrayInputStream(scene.event()), answer, null);
    return status(answer.toByteArray());
  }

  /** An answer begins with it. */
  private static int status(byte[] answer) throws IOException {
    try (var json = JSON.createParser(answer)) {
      json.nextToken();
      json.nextToken();
      return json.nextIntValue(0);
    }
  }

  @Override
  public void close() {}
}
