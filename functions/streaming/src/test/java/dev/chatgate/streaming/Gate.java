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
 * A latch between a test and code in a process that the test started. The code waits until the test
 * opens the gate, and sends lines that the test reads. Orders events without sleeping.
 */
final class Gate implements AutoCloseable {

  /** Read timeout: a test fails instead of hanging if the other process sends nothing. */
  private static final int TIMEOUT_MILLIS = 60_000;

  private final ServerSocket server;
  private @Nullable Socket socket;
  private @Nullable BufferedReader in;

  Gate() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setSoTimeout(TIMEOUT_MILLIS);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Ends the other process's current or next wait. */
  void open() throws IOException {
    connected().getOutputStream().write('\n');
  }

  /** Reads the next line from the other process. */
  @Nullable String said() throws IOException {
    connected();
    return in == null ? null : in.readLine();
  }

  private Socket connected() throws IOException {
    if (socket == null) {
      socket = server.accept();
      socket.setSoTimeout(TIMEOUT_MILLIS);
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

  /** The gate as the started process uses it. */
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
