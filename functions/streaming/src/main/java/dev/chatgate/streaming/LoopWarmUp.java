package dev.chatgate.streaming;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;

/**
 * Sends events through the real invocation loop, over loopback sockets, before a snapshot is taken,
 * so that the JIT compiler has compiled the loop. After {@link #close} no socket or thread is left.
 * Not thread-safe.
 */
public final class LoopWarmUp implements Closeable {
  private static final Pattern STATUS = Pattern.compile("\"statusCode\":(\\d{3})");
  private static final byte[] EMPTY = {};
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /**
   * After a restore, the first {@code next} opens a new connection, so that this code must be warm
   * too.
   */
  private static final int NEW_CONNECTION_EVERY = 50;

  private final ServerSocket server;
  private final RuntimeApi api;
  private final BlockingQueue<byte[]> invocations = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
  private int played;

  /**
   * Listens on a free port.
   *
   * @throws IOException if it cannot listen
   */
  public LoopWarmUp() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    api = new RuntimeApi(new Connector.Network("localhost:" + server.getLocalPort(), address));
    Thread.ofVirtual().name("fake-runtime-api").start(this::accept);
  }

  /**
   * Runs one invocation, from fetching it to the confirmation of its answer.
   *
   * @param event its payload
   * @param deadline the deadline that the handler sees
   * @param trace the X-Ray trace header that the handler sees
   * @param handler the handler to call
   * @return the HTTP status of the answer
   * @throws IOException if there was no answer, or an incomplete one
   */
  public int invoke(byte[] event, Instant deadline, String trace, StreamingHandler handler)
      throws IOException {
    if (played++ % NEW_CONNECTION_EVERY == 0) {
      api.close();
    }
    invocations.add(invocation(event, deadline, trace));
    new InvocationLoop(api, handler, true).serve();
    var answer = answers.poll();
    var status =
        STATUS.matcher(answer == null ? "" : new String(answer, StandardCharsets.ISO_8859_1));
    if (!status.find()) {
      throw new IOException("the handler gave no answer");
    }
    return Integer.parseInt(status.group(1));
  }

  private void accept() {
    try {
      while (true) {
        var connection = server.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // The server socket is closed: the warm-up is over.
    }
  }

  private void serve(Socket connection) {
    try (connection;
        var in = new BufferedInputStream(connection.getInputStream())) {
      connection.setTcpNoDelay(true);
      boolean more = true;
      while (more) {
        var head = lines(in);
        more = head.getFirst().startsWith("GET");
        connection.getOutputStream().write(more ? invocations.take() : receiveAnswer(head, in));
      }
    } catch (EOFException e) {
      // The loop has closed its connection.
    } catch (IOException e) {
      // The loop has closed its connection, or the warm-up is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] invocation(byte[] event, Instant deadline, String trace) {
    var reply = new ByteArrayOutputStream(event.length + 512);
    reply.writeBytes(
        """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Lambda-Runtime-Aws-Request-Id: warm-up\r
        Lambda-Runtime-Deadline-Ms: %d\r
        Lambda-Runtime-Invoked-Function-Arn: warm-up\r
        Lambda-Runtime-Trace-Id: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(deadline.toEpochMilli(), trace, event.length)
            .getBytes(StandardCharsets.US_ASCII));
    reply.writeBytes(event);
    return reply.toByteArray();
  }

  /**
   * Reads the body of a POST and adds it to {@link #answers}: an error report has a content length,
   * an answer is chunked. Returns the confirmation to send back.
   */
  private byte[] receiveAnswer(List<String> head, InputStream in) throws IOException {
    var length = head.stream().filter(line -> line.startsWith("Content-Length: ")).findFirst();
    if (length.isPresent()) {
      in.skipNBytes(Integer.parseInt(length.get().substring("Content-Length: ".length())));
      answers.add(EMPTY);
    } else {
      answers.add(answer(in));
    }
    return ACCEPTED;
  }

  /** Reads the body of an answer; empty if error trailers follow it. */
  private static byte[] answer(InputStream in) throws IOException {
    var body = new ByteArrayOutputStream(1024);
    for (int size = size(in); size > 0; size = size(in)) {
      body.writeBytes(in.readNBytes(size));
      var _ = line(in);
    }
    return lines(in).isEmpty() ? body.toByteArray() : EMPTY;
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  /** Reads lines up to an empty one. */
  private static List<String> lines(InputStream in) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      lines.add(line);
    }
    return lines;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    api.close();
    server.close();
  }
}
