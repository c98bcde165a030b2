package dev.chatgate.checks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Forwards every connection to a server of this machine, and records what the server sends. */
final class RecordingProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ServerSocket listener;
  private final int target;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /**
   * Starts on a free port of 127.0.0.1.
   *
   * @param target the server's port
   */
  RecordingProxy(int target) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    Thread.startVirtualThread(this::accept);
  }

  /** The host and the port that stand for the server's. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** All that the server has sent since {@link #forget}, on every connection. */
  String received() {
    synchronized (received) {
      return received.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** How often the server has sent this text since {@link #forget}. */
  int count(String text) {
    return received().split(Pattern.quote(text), -1).length - 1;
  }

  /** Forgets what the server has sent. */
  void forget() {
    synchronized (received) {
      received.reset();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        Thread.startVirtualThread(() -> connect(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      Thread.startVirtualThread(() -> send(client, server));
      receive(server.getInputStream(), client.getOutputStream());
    } catch (IOException e) {
      // One of the two has closed its connection, and the other one is closed here.
    }
  }

  /** Ends the connection to the server when the client has ended its own. */
  private static void send(Socket client, Socket server) {
    try (server) {
      client.getInputStream().transferTo(server.getOutputStream());
    } catch (IOException e) {
      // The same.
    }
  }

  private void receive(InputStream from, OutputStream to) throws IOException {
    var buffer = new byte[BUFFER_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      synchronized (received) {
        received.write(buffer, 0, count);
      }
      to.write(buffer, 0, count);
      to.flush();
    }
  }
}
