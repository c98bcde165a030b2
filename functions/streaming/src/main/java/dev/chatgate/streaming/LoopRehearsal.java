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
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;

/**
 * Plays events through the loop that serves real ones, over sockets on loopback, before a snapshot
 * is taken: as often as the compiler needs to be through with it. Nothing is left when it is
 * closed. Not to be shared by threads.
 */
public final class LoopRehearsal implements Closeable {
  private static final Duration TIME = Duration.ofMinutes(1);
  private static final Pattern STATUS = Pattern.compile("\"statusCode\":(\\d{3})");
  private static final byte[] LAST_CHUNK = {'\r', '\n', '0', '\r', '\n', '\r', '\n'};
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final InstantSource clock;
  private final ServerSocket server;
  private final RuntimeApi api;
  private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();

  /**
   * Listens at a port that is free.
   *
   * @param clock for the invocations' deadlines
   * @throws IOException if it cannot listen
   */
  public LoopRehearsal(InstantSource clock) throws IOException {
    this.clock = clock;
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    api = new RuntimeApi(new Connector.Network("localhost:" + server.getLocalPort(), address));
    Thread.ofVirtual().name("runtime-api-stand-in").start(this::accept);
  }

  /**
   * One invocation, from question to confirmation.
   *
   * @param event its payload
   * @param handler what answers it
   * @return the status of the answer
   * @throws IOException if there was no answer
   */
  public int play(byte[] event, StreamingHandler handler) throws IOException {
    events.add(event);
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
        var head = new String(readTo(END_OF_HEAD, in), StandardCharsets.ISO_8859_1);
        more = head.startsWith("GET");
        connection.getOutputStream().write(more ? invocation() : confirmed(in));
      }
    } catch (EOFException e) {
      // The loop has closed its connection.
    } catch (IOException e) {
      // So it has, or the rehearsal is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] invocation() throws InterruptedException {
    var event = events.take();
    var reply = new ByteArrayOutputStream(event.length + 512);
    reply.writeBytes(
        """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Lambda-Runtime-Aws-Request-Id: rehearsal\r
        Lambda-Runtime-Deadline-Ms: %d\r
        Lambda-Runtime-Invoked-Function-Arn: rehearsal\r
        Lambda-Runtime-Trace-Id: Root=1-0-0;Sampled=0\r
        Content-Length: %d\r
        \r
        """
            .formatted(clock.instant().plus(TIME).toEpochMilli(), event.length)
            .getBytes(StandardCharsets.US_ASCII));
    reply.writeBytes(event);
    return reply.toByteArray();
  }

  private byte[] confirmed(InputStream in) throws IOException {
    answers.add(readTo(LAST_CHUNK, in));
    return ACCEPTED;
  }

  private static byte[] readTo(byte[] end, InputStream in) throws IOException {
    var read = new ByteArrayOutputStream(1024);
    int matched = 0;
    while (matched < end.length) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException();
      }
      read.write(b);
      // Where a carriage return breaks a match, it may begin the next.
      matched = b == end[matched] ? matched + 1 : b == end[0] ? 1 : 0;
    }
    return read.toByteArray();
  }

  @Override
  public void close() throws IOException {
    api.close();
    server.close();
  }
}
