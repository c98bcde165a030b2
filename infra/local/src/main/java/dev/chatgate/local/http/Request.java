package dev.chatgate.local.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A request as it came over the wire, its target and header lines untouched. */
public final class Request {
  private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");
  private static final int VERSION_NOT_SUPPORTED = 505;

  private final String method;
  private final String target;
  private final Target read;
  private final String version;
  private final Headers headers;
  private final InputStream body;
  private final String peer;

  private Request(
      String method,
      String target,
      Target read,
      String version,
      Headers headers,
      InputStream body,
      String peer) {
    this.method = method;
    this.target = target;
    this.read = read;
    this.version = version;
    this.headers = headers;
    this.body = body;
    this.peer = peer;
  }

  /**
   * Reads the head of a request; the body follows when it is asked for.
   *
   * @param requestLine the first line
   * @param in the connection, behind that line
   * @param out for the interim answer to {@code Expect: 100-continue}
   * @param peer the caller's address
   */
  static Request read(String requestLine, InputStream in, OutputStream out, String peer)
      throws IOException {
    String[] parts = requestLine.split(" ", -1);
    if (parts.length != 3 || !Wire.isToken(parts[0])) {
      throw new MalformedException("a request line of another form");
    }
    requireVersion(parts[2]);
    Target target = Target.of(parts[0], parts[1]);
    Headers came = Wire.headers(in);
    InputStream body = Framing.of(came, parts[2]).body(in);
    Headers headers = normal(came, target, parts[2]);
    if (headers.first("Expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
      body = new InvitedBody(body, out);
    }
    return new Request(parts[0], parts[1], target, parts[2], headers, body, peer);
  }

  private static void requireVersion(String version) throws MalformedException {
    if (!VERSION.matcher(version).matches()) {
      throw new MalformedException("a request line of another form");
    }
    if (!version.startsWith("HTTP/1.")) {
      throw new MalformedException(VERSION_NOT_SUPPORTED, "another version of HTTP");
    }
  }

  /**
   * With one {@code Host}, that of an absolute target where there is one (RFC 9112, 3.2), and with
   * one {@code Content-Length} where equal ones came (6.3).
   */
  private static Headers normal(Headers headers, Target target, String version)
      throws MalformedException {
    long hosts = headers.lines().stream().filter(line -> line.is("Host")).count();
    if (hosts > 1 || (hosts == 0 && !version.equals("HTTP/1.0"))) {
      throw new MalformedException("no Host, or more than one");
    }
    List<Header> lines = new ArrayList<>();
    boolean length = false;
    for (Header line : headers.lines()) {
      if (line.is("Host")) {
        lines.add(new Header(line.name(), Target.host(target.authority().orElse(line.value()))));
      } else if (!line.is("Content-Length")) {
        lines.add(line);
      } else if (!length) {
        length = true;
        lines.add(new Header(line.name(), line.value().split(",", -1)[0].strip()));
      }
    }
    return new Headers(lines);
  }

  /** The method, in its own case. */
  public String method() {
    return method;
  }

  /** The target as it stands in the request line, percent escapes and all. */
  public String target() {
    return target;
  }

  /** The path of the target, as it was sent; {@code *} where that is the target. */
  public String path() {
    return read.path();
  }

  /** The target behind the first question mark; empty if there is none. */
  public String query() {
    return read.query();
  }

  /** The protocol as the request line names it, {@code HTTP/1.1}. */
  public String version() {
    return version;
  }

  /** The header lines. */
  public Headers headers() {
    return headers;
  }

  /** The body, decoded from its transfer encoding; read at most once. */
  public InputStream body() {
    return body;
  }

  /** The trailers, once the body has been read to its end; none unless it was chunked. */
  public Headers trailers() {
    return body instanceof ChunkedBody chunked ? chunked.trailers() : Headers.NONE;
  }

  /** The caller's IP address. */
  public String peer() {
    return peer;
  }

  /**
   * The whole body.
   *
   * @param mostBytes the largest that is read
   * @throws TooLargeException if it is larger
   */
  public byte[] bodyBytes(int mostBytes) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = new byte[16_384];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      all.write(buffer, 0, n);
      if (all.size() > mostBytes) {
        throw new TooLargeException("the body is above " + mostBytes + " bytes");
      }
    }
    return all.toByteArray();
  }

  /** The whole body as text. */
  public String bodyText(int mostBytes) throws IOException {
    return new String(bodyBytes(mostBytes), StandardCharsets.UTF_8);
  }

  /** Whether the caller wants the connection kept. */
  boolean keepsAlive() {
    String connection = headers.first("Connection").orElse("").toLowerCase(Locale.ROOT);
    return version.equals("HTTP/1.1") ? !connection.contains("close") : false;
  }

  /** Whether the caller understands chunks. */
  boolean takesChunks() {
    return version.equals("HTTP/1.1");
  }

  /** Reads what the handler left, so that the next request can be found; false if that is much. */
  boolean drain() throws IOException {
    if (body instanceof InvitedBody invited && !invited.asked()) {
      return false;
    }
    var buffer = new byte[16_384];
    long most = 64L << 20;
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      most -= n;
      if (most < 0) {
        return false;
      }
    }
    return true;
  }
}
