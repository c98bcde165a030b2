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
 * A fake provider that runs a test's scripts, including misbehaviour, and records the exact bytes
 * of each request.
 *
 * <p>Each request is answered by the next script; the last script answers all further requests. A
 * script writes raw bytes, including the status line.
 */
public final class ScriptedProvider implements AutoCloseable {
  private final LoopbackServer server;
  private final String scheme;
  private final Queue<Script> scripts = new ArrayDeque<>();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Received> all = new ArrayList<>();

  /** Answers one request. */
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

  /** Starts a provider with TLS. */
  public static ScriptedProvider overTls(SSLContext identity, Script... scripts) {
    return new ScriptedProvider(identity.getServerSocketFactory(), "https", 0, scripts);
  }

  /** Starts on the port of an ended provider. */
  public static ScriptedProvider inPlaceOf(ScriptedProvider ended, Script... scripts) {
    return new ScriptedProvider(
        ServerSocketFactory.getDefault(), "http", ended.url().getPort(), scripts);
  }

  /**
   * Ends the provider with a reset or an orderly close of every connection. All connections are
   * closed when this returns.
   */
  public void end(boolean reset) throws IOException {
    for (var socket : server.open()) {
      socket.setSoLinger(reset, 0);
    }
    close();
    // A socket is only closed when the thread that reads it has returned.
    while (!server.open().isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The base URL, without a trailing slash. */
  public URI url() {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + "/openai/v1");
  }

  /** Adds a script to the end of the queue. */
  public ScriptedProvider then(Script script) {
    synchronized (scripts) {
      scripts.add(script);
    }
    return this;
  }

  /** Replaces all scripts with this one. */
  public ScriptedProvider instead(Script script) {
    synchronized (scripts) {
      scripts.clear();
      scripts.add(script);
    }
    return this;
  }

  /** Waits for the next request that was not taken yet. */
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

  /** Sends unsolicited bytes over every open connection. */
  public void sendUnasked(String bytes) throws IOException {
    for (var socket : server.open()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Number of connections accepted so far. */
  public int connections() {
    return server.connections();
  }

  private void serve(Wire wire) throws IOException, InterruptedException {
    while (wire.next()) {
      record(wire.request());
      nextScript().play(wire);
    }
  }

  private void record(Received request) {
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
