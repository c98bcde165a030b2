package dev.chatgate.testkit;

import dev.chatgate.testkit.ScriptedProvider.Script;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A fake issuer of tokens on 127.0.0.1: it answers with its discovery document (OpenID Connect
 * Discovery 1.0, section 4) and its key set, misbehaves as scripts say, and counts the requests.
 */
public final class FakeIssuer implements AutoCloseable {
  private static final String PATH = "/pool";
  private static final String DOCUMENT = PATH + "/.well-known/openid-configuration";
  private static final String KEYS = PATH + "/keys";

  private final LoopbackServer server;
  private final String scheme;
  private final List<Received> requests = new ArrayList<>();
  private volatile Script document;
  private volatile Script keys;

  /** Starts on a free port. */
  public FakeIssuer() {
    this(ServerSocketFactory.getDefault(), "http");
  }

  /** Starts an issuer with TLS on a free port. */
  public static FakeIssuer overTls(SSLContext identity) {
    return new FakeIssuer(identity.getServerSocketFactory(), "https");
  }

  private FakeIssuer(ServerSocketFactory sockets, String scheme) {
    this.scheme = scheme;
    server = new LoopbackServer(sockets, 0, this::serve);
    document =
        wire ->
            wire.json(200, "{\"issuer\":\"" + issuer() + "\",\"jwks_uri\":\"" + jwksUri() + "\"}");
    keys = wire -> wire.json(200, "{\"keys\":[]}");
  }

  /** The exact value of the claim {@code iss}. */
  public String issuer() {
    return url("127.0.0.1", PATH).toString();
  }

  /** Where the key set is. */
  public URI jwksUri() {
    return url("127.0.0.1", KEYS);
  }

  /** Where the key set is, with another name of the host. */
  public URI jwksUri(String host) {
    return url(host, KEYS);
  }

  private URI url(String host, String path) {
    return URI.create(scheme + "://" + host + ":" + server.port() + path);
  }

  /** Answers with this key set from now on. */
  public FakeIssuer keys(String set) {
    return keysBy(wire -> wire.json(200, set));
  }

  /** Answers requests of the key set by a script from now on. */
  public FakeIssuer keysBy(Script script) {
    keys = script;
    return this;
  }

  /** Answers with this discovery document from now on. */
  public FakeIssuer document(String json) {
    return documentBy(wire -> wire.json(200, json));
  }

  /** Answers requests of the discovery document by a script from now on. */
  public FakeIssuer documentBy(Script script) {
    document = script;
    return this;
  }

  /** Number of requests of the key set. */
  public int keyRequests() {
    return count(KEYS);
  }

  /** Number of requests of the discovery document. */
  public int documentRequests() {
    return count(DOCUMENT);
  }

  private int count(String path) {
    return (int) requests().stream().filter(request -> request.path().equals(path)).count();
  }

  /** Every request so far. */
  public List<Received> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Number of connections accepted so far. */
  public int connections() {
    return server.connections();
  }

  /** Number of connections that are open. */
  public int openConnections() {
    return server.open().size();
  }

  private void serve(Wire wire) throws IOException, InterruptedException {
    while (wire.next()) {
      var request = wire.request();
      synchronized (requests) {
        requests.add(request);
      }
      switch (request.path()) {
        case DOCUMENT -> document.play(wire);
        case KEYS -> keys.play(wire);
        default -> wire.json(404, "{}");
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
