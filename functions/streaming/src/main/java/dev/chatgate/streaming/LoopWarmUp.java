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
 * Plays events through the loop that serves real ones, over sockets on loopback, before a snapshot
 * is taken: as often as the compiler needs to be through with it. Nothing is left when it is
 * closed. Not to be shared by threads.
 */
public final class LoopWarmUp implements Closeable {
  private static final Pattern STATUS = Pattern.compile("\"statusCode\":(\\d{3})");
  private static final byte[] NOTHING = {};
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  /** The first question after a restore needs one, and the compiler is to know that. */
  private static final int NEW_CONNECTION_EVERY = 50;

  private final ServerSocket server;
  private final RuntimeApi api;
  private final BlockingQueue<byte[]> invocations = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
  private int played;

  /**
   * Listens at a port that is free.
   *
   * @throws IOException if it cannot listen
   */
  public LoopWarmUp() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    api = new RuntimeApi(new Connector.Network("localhost:" + server.getLocalPort(), address));
    Thread.ofVirtual().name("runtime-api-stand-in").start(this::accept);
  }

  /**
   * One invocation, from question to confirmation.
   *
   * @param event its payload
   * @param deadline when Lambda would end it
   * @param trace the trace header that Lambda would send along
   * @param handler what answers it
   * @return the status of the answer
   * @throws IOException if there was no answer, or a broken one
   */
  public int play(byte[] event, Instant deadline, String trace, StreamingHandler handler)
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
      // Closed: nobody asks any more.
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
        connection.getOutputStream().write(more ? invocations.take() : confirmed(head, in));
      }
    } catch (EOFException e) {
      // The loop has closed its connection.
    } catch (IOException e) {
      // So it has, or the rehearsal is over.
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
        Lambda-Runtime-Aws-Request-Id: rehearsal\r
        Lambda-Runtime-Deadline-Ms: %d\r
        Lambda-Runtime-Invoked-Function-Arn: rehearsal\r
        Lambda-Runtime-Trace-Id: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(deadline.toEpochMilli(), trace, event.length)
            .getBytes(StandardCharsets.US_ASCII));
    reply.writeBytes(event);
    return reply.toByteArray();
  }

  /** A report of a failure has a length, an answer comes in chunks. */
  private byte[] confirmed(List<String> head, InputStream in) throws IOException {
    var length = head.stream().filter(line -> line.startsWith("Content-Length: ")).findFirst();
    if (length.isPresent()) {
      in.skipNBytes(Integer.parseInt(length.get().substring("Content-Length: ".length())));
      answers.add(NOTHING);
    } else {
      answers.add(answer(in));
    }
    return ACCEPTED;
  }

  /** The body of an answer; nothing if trailers tell that it is broken. */
  private static byte[] answer(InputStream in) throws IOException {
    var body = new ByteArrayOutputStream(1024);
    for (int size = size(in); size > 0; size = size(in)) {
      body.writeBytes(in.readNBytes(size));
      var _ = line(in);
    }
    return lines(in).isEmpty() ? body.toByteArray() : NOTHING;
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  /** Up to an empty line. */
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
