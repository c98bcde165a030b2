package dev.chatgate.warmup.fake;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * One loopback server, over HTTPS and plain HTTP, that replaces all services that a call uses. A
 * {@link Script} gives the answers. Connections are kept open, as by the real services, until
 * {@link #close}.
 */
public final class FakeBackend implements AutoCloseable {
  /**
   * Every 7th answer has no {@code Connection} header. Not a multiple of the number of requests of
   * a call, so that every kind of request gets such an answer.
   */
  private static final int NO_CONNECTION_HEADER_EVERY = 7;

  private static final int WAITING_CONNECTIONS = 16;
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private final SelfSignedCertificate certificate;
  private final ServerSocket server;
  private final ServerSocket plain;
  private final Script script;
  private final InstantSource clock;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  /** Determines the answers. */
  @FunctionalInterface
  public interface Script {
    /**
     * The answer to a request.
     *
     * @param path the request's path, query included
     * @param headers by lower-case name
     * @param body the request's body
     */
    Reply to(String path, Map<String, String> headers, String body);
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param contentType the body's type
   * @param pieces the body; more than one piece is sent chunk by chunk
   */
  public record Reply(int status, String contentType, List<String> pieces) {}

  /**
   * Listens on free ports.
   *
   * @param script determines the answers
   * @param clock the current time
   * @throws IOException if it cannot listen
   * @throws GeneralSecurityException if this JDK does not support elliptic curves
   */
  public FakeBackend(Script script, InstantSource clock)
      throws IOException, GeneralSecurityException {
    this.script = script;
    this.clock = clock;
    certificate = new SelfSignedCertificate(clock.instant());
    server = listening(certificate.own().getServerSocketFactory());
    plain = listening(ServerSocketFactory.getDefault());
    Thread.ofVirtual().name("fake-backend").start(() -> accept(server));
    Thread.ofVirtual().name("fake-backend-plain").start(() -> accept(plain));
  }

  private static ServerSocket listening(ServerSocketFactory factory) throws IOException {
    return factory.createServerSocket(0, WAITING_CONNECTIONS, InetAddress.getLoopbackAddress());
  }

  /**
   * The server's address.
   *
   * @param tls true for HTTPS, false for plain HTTP
   */
  public URI address(boolean tls) {
    return URI.create(
        tls
            ? "https://localhost:" + server.getLocalPort()
            : "http://127.0.0.1:" + plain.getLocalPort());
  }

  /** The address of the fake credentials endpoint, which uses plain HTTP. */
  public URI credentials() {
    return address(false).resolve(FakeResponses.CREDENTIALS_PATH);
  }

  /** A trust manager that trusts only this server. */
  public TrustManager trust() throws GeneralSecurityException, IOException {
    return certificate.trust();
  }

  /** An SSL context that trusts only this server. */
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trust()}, null);
    return context;
  }

  /** Number of requests so far, without reads of the store, which callers cache. */
  public int requests() {
    return requests.get();
  }

  private void accept(ServerSocket listening) {
    try {
      while (true) {
        var connection = listening.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // The server is closed.
    }
  }

  private void serve(Socket connection) {
    try (connection;
        var in = new BufferedInputStream(connection.getInputStream());
        var out = new BufferedOutputStream(connection.getOutputStream())) {
      connection.setTcpNoDelay(true);
      while (answer(in, out)) {
        // The next request.
      }
    } catch (IOException e) {
      // The client has closed the connection.
    } finally {
      connections.remove(connection);
    }
  }

  /**
   * Answers the next request, if there is one. Returns whether the connection stays open; after a
   * request for credentials it does not, because their client sends only one.
   */
  private boolean answer(InputStream in, OutputStream out) throws IOException {
    var head = readHead(in);
    if (head.isEmpty()) {
      return false;
    }
    var lines = head.lines().toList();
    var headers = new HashMap<String, String>();
    for (var line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!isReadOfStore(headers)) {
      requests.incrementAndGet();
    }
    var path = path(lines.getFirst());
    boolean kept = !path.equals(FakeResponses.CREDENTIALS_PATH);
    write(out, script.to(path, headers, body), kept);
    return kept;
  }

  private static boolean isReadOfStore(Map<String, String> headers) {
    var target = headers.getOrDefault("x-amz-target", "");
    return target.endsWith(".GetItem") || target.endsWith(".Query") || target.endsWith(".Scan");
  }

  private static String path(String requestLine) {
    int start = requestLine.indexOf(' ') + 1;
    return requestLine.substring(start, requestLine.indexOf(' ', start));
  }

  private static String readHead(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    int last = 0;
    for (int b = in.read(); b >= 0 && head.size() < MAX_HEAD_BYTES; b = in.read()) {
      head.write(b);
      last = last << 8 | b;
      if (last == 0x0D0A0D0A) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private void write(OutputStream out, Reply reply, boolean kept) throws IOException {
    boolean whole = reply.pieces().size() == 1;
    var first = reply.pieces().getFirst().getBytes(StandardCharsets.UTF_8);
    var head =
        "HTTP/1.1 %d %s\r\nDate: %s\r\n%sContent-Type: %s\r\nx-amzn-RequestId: warm-up\r\nx-amz-crc32: %d\r\n%s\r\n\r\n"
            .formatted(
                reply.status(),
                reply.status() == 200 ? "OK" : "Refused",
                date(clock.instant()),
                connection(kept),
                reply.contentType(),
                checksum(first),
                whole ? "Content-Length: " + first.length : "Transfer-Encoding: chunked");
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    for (var piece : reply.pieces()) {
      var bytes = piece.getBytes(StandardCharsets.UTF_8);
      out.write(whole ? bytes : chunk(bytes));
      out.flush();
    }
    if (!whole) {
      out.write(chunk(new byte[0]));
      out.flush();
    }
  }

  /** Some servers announce a kept connection with a header, some do not; both occur here. */
  private String connection(boolean kept) {
    if (!kept) {
      return "Connection: close\r\n";
    }
    return answers.getAndIncrement() % NO_CONNECTION_HEADER_EVERY == 0
        ? ""
        : "Connection: keep-alive\r\n";
  }

  /** The CRC-32 that DynamoDB sends and its client checks. */
  private static long checksum(byte[] body) {
    var checksum = new CRC32();
    checksum.update(body);
    return checksum.getValue();
  }

  private static String date(Instant now) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
  }

  private static byte[] chunk(byte[] bytes) {
    var chunk = new ByteArrayOutputStream(bytes.length + 12);
    chunk.writeBytes(
        (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    chunk.writeBytes(bytes);
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    return chunk.toByteArray();
  }

  @Override
  public void close() throws IOException {
    server.close();
    plain.close();
    for (var connection : connections) {
      connection.close();
    }
  }
}
