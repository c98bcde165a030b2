package dev.chatgate.bench.figures;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A minimal client that calls the provider and the store without a gateway, over one kept
 * connection. Its times are the base with which the gateway's are compared.
 */
final class Direct implements AutoCloseable {
  private static final String ADMISSION =
      "{\"UpdateExpression\":\"%s\"}".formatted("SET #a = :a, #b = :b ADD #c :c ".repeat(40));

  private final Socket socket;
  private final InputStream in;

  Direct(String url) throws IOException {
    var uri = URI.create(url);
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    in = new BufferedInputStream(socket.getInputStream(), 65_536);
  }

  /** Calls the provider. */
  CallAnswer call(String body) throws IOException {
    return post("/v1/chat/completions", "Content-Type: application/json", body);
  }

  /** Sends a write to the store, of about the size of an admission. */
  CallAnswer callStore() throws IOException {
    return post("/", "X-Amz-Target: DynamoDB_20120810.UpdateItem", ADMISSION);
  }

  private CallAnswer post(String path, String header, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, header, bytes.length);
    var message = new ByteArrayOutputStream();
    message.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(bytes);
    long began = System.nanoTime();
    socket.getOutputStream().write(message.toByteArray());
    if (!line().contains(" 200 ")) {
      throw new IOException("not answered with 200");
    }
    int length = length();
    var events = new HashMap<Long, Long>();
    if (length >= 0) {
      in.skipNBytes(length);
    } else {
      readChunks(events);
    }
    return new CallAnswer(began, System.nanoTime(), events);
  }

  /** Reads the head and returns the body's length; -1 if it is chunked. */
  private int length() throws IOException {
    int length = -1;
    for (var line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    return length;
  }

  private void readChunks(Map<Long, Long> events) throws IOException {
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      var text = new String(in.readNBytes(size), StandardCharsets.ISO_8859_1);
      var _ = CallAnswer.note(text, System.nanoTime(), events);
      line();
    }
    line();
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the provider closed the connection");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
