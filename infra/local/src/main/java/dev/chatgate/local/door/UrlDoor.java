package dev.chatgate.local.door;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import dev.chatgate.local.lambda.InstancePool;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** A function URL with {@code InvokeMode: RESPONSE_STREAM} in front of a function. */
public final class UrlDoor implements HttpServer.Handler {
  private final InstancePool function;
  private final Clock clock;

  /**
   * @param function the function to invoke
   * @param clock dates the events
   */
  public UrlDoor(InstancePool function, Clock clock) {
    this.function = function;
    this.clock = clock;
  }

  @Override
  public void handle(Request request, Reply reply) throws IOException {
    String id = UUID.randomUUID().toString();
    var own = Headers.of("x-amzn-RequestId", id);
    var arrival = new HttpEvent.Arrival(HttpEvent.Path.ENCODED, id, clock.instant());
    Optional<byte[]> event = EventFactory.event(request, arrival, reply, own);
    if (event.isPresent()) {
      var answer = new StreamedResponse(reply, own);
      function.invoke(event.get(), answer);
      answer.await();
    }
  }
}
