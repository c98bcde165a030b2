package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseWriter;
import dev.chatgate.streaming.StreamingHandler;
import java.util.Map;

public final class Countdown implements StreamingHandler {

  @Override
  public void handle(byte[] request, InvocationContext context, ResponseWriter response)
      throws Exception {
    response.head(200, Map.of("content-type", "text/event-stream"));
    for (int i = 3; i > 0; i--) {
      response.write(("data: " + i + "\n\n").getBytes(UTF_8));
      Thread.sleep(300);
    }
    response.write("data: lift-off\n\n".getBytes(UTF_8));
    response.end();
    System.out.println("The client has its answer; there is time to tidy up.");
  }
}
