package dev.chatgate.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A provider that does exactly what a test tells it, misbehaviour included, and remembers what it
 * was sent, byte for byte.
 *
 * <p>Each request takes the next script; the last one serves all that follow. A script writes raw
 * bytes, status line and all.
 */
public final class ScriptedProvider implements AutoCloseable {
  private final LoopbackServer server;
  private final String scheme;
  private final Queue<Script> scripts = new ArrayDeque<>();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Received> all = new ArrayList<>();

  /** What the provider does with one request. */
  @FunctionalInterface
  public interface Script {
    /** Answers the request. A connection that the script leaves open waits for the next request. */
    void play(Wire wire) throws IOException, InterruptedException;
  }

  /** Starts on a free port of 127.0.0.1. */
  public ScriptedProvider(Script... scripts) {
    this(ServerSocketFactory.getDefault(), "http", 0, scripts);
  }

  private ScriptedProvider(
      ServerSocketFactory sockets, String scheme, int port, Script... scripts) {
    this.scheme = scheme;
    this.scripts.addAll(List.of(scripts));
    server = new LoopbackServer(sockets, port, this::serve);
  }

  /** The same over TLS. */
  public static ScriptedProvider overTls(SSLContext identity, Script... scripts) {
    return new ScriptedProvider(identity.getServerSocketFactory(), "https", 0, scripts);
  }

  /** Starts at the address of one that has ended. */
  public static ScriptedProvider inPlaceOf(ScriptedProvider ended, Script... scripts) {
    return new ScriptedProvider(
        ServerSocketFactory.getDefault(), "http", ended.url().getPort(), scripts);
  }

  /** Ends with a reset of every connection, or with its end; it has come when this returns. */
  public void end(boolean reset) throws IOException {
    for (var socket : server.open()) {
      socket.setSoLinger(reset, 0);
    }
    close();
    // The thread that reads a socket is the last to let it go.
    while (!server.open().isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Its base URL, without a slash at its end. */
  public URI url() {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + "/openai/v1");
  }

  /** Puts another script behind those that wait. */
  public ScriptedProvider then(Script script) {
    synchronized (scripts) {
      scripts.add(script);
    }
    return this;
  }

  /** Forgets the scripts and begins anew with this one. */
  public ScriptedProvider instead(Script script) {
    synchronized (scripts) {
      scripts.clear();
      scripts.add(script);
    }
    return this;
  }

  /** The next request that has not been taken yet; waits for it. */
  public Received takeRequest() throws InterruptedException {
    var next = received.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new IllegalStateException("no request came");
    }
    return next;
  }

  /** Every request so far. */
  public List<Received> requests() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  /** Sends bytes that no request asked for, over every connection that is open. */
  public void sendUnasked(String bytes) throws IOException {
    for (var socket : server.open()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** How many connections were opened so far. */
  public int connections() {
    return server.connections();
  }

  private void serve(Wire wire) throws IOException, InterruptedException {
    while (wire.next()) {
      remember(wire.request());
      nextScript().play(wire);
    }
  }

  private void remember(Received request) {
    synchronized (all) {
      all.add(request);
    }
    received.add(request);
  }

  private Script nextScript() {
    synchronized (scripts) {
      return scripts.size() > 1 ? scripts.remove() : scripts.element();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
