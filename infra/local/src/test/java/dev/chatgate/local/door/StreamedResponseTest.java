package dev.chatgate.local.door;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.lambda.Failure;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A streamed response that the client does not read. */
class StreamedResponseTest {
  private static final int CHUNK_BYTES = 64 * 1024;

  /** More than fits into all buffers between the function and the client. */
  private static final int CHUNKS = 1_000;

  @Test
  void aFailureOfTheFunctionEndsAWriteThatWaitsForTheClient() throws Exception {
    var answers = new CompletableFuture<StreamedResponse>();
    var over = new CompletableFuture<Boolean>();
    HttpServer.Handler door =
        (request, reply) -> {
          var answer = new StreamedResponse(reply, Headers.NONE);
          answers.complete(answer);
          answer.await();
          over.complete(true);
        };
    try (HttpServer server = HttpServer.start(0, door);
        var client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      StreamedResponse answer = answers.get(60, TimeUnit.SECONDS);
      Thread function = Thread.ofVirtual().start(() -> writeAtLength(answer));
      awaitWaiting(function);
      Thread.ofVirtual().start(() -> answer.failed(Failure.CRASHED));
      assertTrue(over.get(60, TimeUnit.SECONDS));
      assertTrue(function.join(Duration.ofSeconds(60)));
    }
  }

  private static void writeAtLength(StreamedResponse answer) {
    answer.began("text/plain");
    for (int i = 0; i < CHUNKS; i++) {
      answer.chunk(new byte[CHUNK_BYTES], 0, CHUNK_BYTES);
    }
  }

  private static void awaitWaiting(Thread function) {
    while (function.getState() != Thread.State.WAITING) {
      assertTrue(function.isAlive(), "the client's buffers took everything");
    }
  }
}
