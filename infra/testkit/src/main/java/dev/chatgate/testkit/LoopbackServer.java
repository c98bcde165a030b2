package dev.chatgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;

/** A server on 127.0.0.1 that serves each connection in a separate virtual thread. */
final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 200;

  private final ServerSocket server;
  private final Handler handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  /** Handles a connection, which is closed when this returns or throws. */
  @FunctionalInterface
  interface Handler {
    void serve(Wire wire) throws IOException, InterruptedException;
  }

  /**
   * @param sockets plain or TLS
   * @param port the port; 0 for any free one
   */
  LoopbackServer(ServerSocketFactory sockets, int port, Handler handler) {
    this.handler = handler;
    try {
      server = listen(sockets, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("loopback-server").start(this::accept);
  }

  /**
   * Opens the server socket. Retries for 4 s, because the operating system may still hold the port
   * of an ended server.
   */
  private static ServerSocket listen(ServerSocketFactory sockets, int port) throws IOException {
    for (int tries = 200; ; tries--) {
      try {
        return sockets.createServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        if (tries == 0) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** Number of connections accepted so far. */
  int connections() {
    return connections.get();
  }

  /** The open connections. */
  Set<Socket> open() {
    return open;
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // The server was closed.
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      handler.serve(new Wire(socket, number));
    } catch (IOException e) {
      // One side has closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
