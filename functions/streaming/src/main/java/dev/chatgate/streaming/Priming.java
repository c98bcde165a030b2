package dev.chatgate.streaming;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Runs one synthetic invocation through the invocation loop before the snapshot, over streams in
 * memory, so that the loop's classes are loaded and linked before the first real one.
 */
final class Priming {

  private static final String NEXT =
      """
      HTTP/1.1 200 OK\r
      Lambda-Runtime-Aws-Request-Id: priming\r
      Lambda-Runtime-Deadline-Ms: 0\r
      Connection: close\r
      Content-Length: 2\r
      \r
      {}\
      """;
  private static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

  private Priming() {}

  static void run() throws IOException {
    new InvocationLoop(new RuntimeApi(new Memory()), Priming::answer, true).serve();
  }

  private static void answer(byte[] request, InvocationContext context, ResponseWriter response)
      throws IOException {
    response.head(200, Map.of("content-type", "text/plain"));
    response.write(request);
    response.end();
  }

  /** The first connection delivers the invocation, the second accepts the answer. */
  private static final class Memory implements Connector {

    private String reply = NEXT;

    @Override
    public Connection open() {
      byte[] bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
      reply = ACCEPTED;
      return new Connection(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    }

    @Override
    public String host() {
      return "localhost";
    }
  }
}
