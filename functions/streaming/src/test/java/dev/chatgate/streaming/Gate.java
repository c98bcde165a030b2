package dev.chatgate.streaming;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A latch between a test and code in a process that it started: the code waits until the test opens
 * the gate, and says lines that the test reads. Orders events without looking at a clock.
 */
final class Gate implements AutoCloseable {

  /** A test whose other side says nothing fails, and does not hang. */
  private static final int PATIENCE_MILLIS = 60_000;

  private final ServerSocket server;
  private @Nullable Socket socket;
  private @Nullable BufferedReader in;

  Gate() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Lets the other side past its next wait. */
  void open() throws IOException {
    connected().getOutputStream().write('\n');
  }

  /** The next line that the other side says. */
  @Nullable String said() throws IOException {
    connected();
    return in == null ? null : in.readLine();
  }

  private Socket connected() throws IOException {
    if (socket == null) {
      socket = server.accept();
      socket.setSoTimeout(PATIENCE_MILLIS);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }
    return socket;
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    server.close();
  }

  /** The other side of a gate. */
  static final class Visitor implements AutoCloseable {

    private final Socket socket;

    Visitor(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
    }

    void pass() throws IOException {
      if (socket.getInputStream().read() < 0) {
        throw new IOException("the test has gone");
      }
    }

    void say(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
