package dev.chatgate.clients;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A TCP proxy before a door that counts the chat calls of each key, including refused ones, which
 * have no usage record.
 */
final class Turnstile implements AutoCloseable {
  private static final String BEARER = "authorization: bearer ";

  private final ServerSocket server;
  private final int door;
  private final Consumer<String> calls;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Starts on a free port of 127.0.0.1.
   *
   * @param door the URL of the door
   * @param calls receives the key of each chat call before it is forwarded
   */
  Turnstile(String door, Consumer<String> calls) {
    this.door = URI.create(door).getPort();
    this.calls = calls;
    try {
      server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("turnstile").start(this::accept);
  }

  /** The proxy's URL, without a path. */
  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> relay(client));
      }
    } catch (IOException e) {
      // The server socket was closed.
    }
  }

  private void relay(Socket client) {
    try (client;
        var gateway = new Socket(InetAddress.getLoopbackAddress(), door)) {
      open.add(client);
      client.setTcpNoDelay(true);
      gateway.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pass(client, gateway, new Heads(calls)));
      pump(gateway.getInputStream(), client.getOutputStream(), new Heads(key -> {}));
    } catch (IOException e) {
      // One side closed its connection; the other is closed too.
    } finally {
      open.remove(client);
    }
  }

  private static void pass(Socket from, Socket to, Heads heads) {
    try {
      pump(from.getInputStream(), to.getOutputStream(), heads);
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is closed already.
    }
  }

  private static void pump(InputStream in, OutputStream out, Heads heads) throws IOException {
    byte[] buffer = new byte[8192];
    int read = in.read(buffer);
    while (read >= 0) {
      heads.take(buffer, read);
      out.write(buffer, 0, read);
      read = in.read(buffer);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Turnstile::closeQuietly);
  }

  /**
   * Reads the client's bytes line by line. A JSON body has no line that looks like one of a
   * request's head, so head and body need not be distinguished.
   */
  private static final class Heads {
    private static final int LONGEST = 8192;

    private final StringBuilder line = new StringBuilder();
    private final Consumer<String> calls;
    private boolean chat;

    Heads(Consumer<String> calls) {
      this.calls = calls;
    }

    void take(byte[] bytes, int length) {
      for (int i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
          take(line.toString().strip());
          line.setLength(0);
        } else {
          keep((char) (bytes[i] & 0xFF));
        }
      }
    }

    /** Keeps only the end of a long line, because a request line may directly follow a body. */
    private void keep(char c) {
      if (line.length() == LONGEST) {
        line.delete(0, LONGEST / 2);
      }
      line.append(c);
    }

    private void take(String text) {
      if (text.endsWith("HTTP/1.1")) {
        chat = text.contains("POST /") && text.contains("/chat/completions");
      } else if (chat && text.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
        calls.accept(text.substring(BEARER.length()).strip());
      }
    }
  }
}
