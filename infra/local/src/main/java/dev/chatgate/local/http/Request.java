package dev.chatgate.local.http;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** A request, with the path, the query and the header lines as the client sent them. */
public final class Request {
  private static final int NOT_IMPLEMENTED = 501;

  private final org.eclipse.jetty.server.Request jetty;
  private final Headers headers;
  private final InputStream body;

  private Request(org.eclipse.jetty.server.Request jetty) {
    this.jetty = jetty;
    this.headers = headers(jetty.getHeaders());
    this.body = new Body(org.eclipse.jetty.server.Request.asInputStream(jetty));
  }

  /**
   * A request that Jetty has read.
   *
   * @throws HttpException.RuntimeException if it is malformed in a way that Jetty accepts; with the
   *     status of the answer
   */
  static Request of(org.eclipse.jetty.server.Request jetty) {
    var request = new Request(jetty);
    if (request.method().equals("CONNECT")
        || (request.path() + request.query()).chars().anyMatch(c -> c <= ' ' || c == 0x7F)) {
      throw new BadMessageException("not a valid request target");
    }
    Optional<String> coding = request.headers().first("Transfer-Encoding");
    if (coding.isPresent() && request.version().equals("HTTP/1.0")) {
      throw new BadMessageException("Transfer-Encoding in HTTP/1.0");
    }
    if (coding.isPresent() && !coding.get().equalsIgnoreCase("chunked")) {
      throw new HttpException.RuntimeException(NOT_IMPLEMENTED, "unknown transfer coding");
    }
    return request;
  }

  private static Headers headers(@Nullable HttpFields fields) {
    List<Header> lines = new ArrayList<>();
    if (fields != null) {
      for (HttpField field : fields) {
        String value = field.getValue();
        lines.add(new Header(field.getName(), value == null ? "" : value));
      }
    }
    return new Headers(lines);
  }

  /** The method, as the client sent it. */
  public String method() {
    return jetty.getMethod();
  }

  /** The path, with its percent escapes; {@code *} for a request to the server itself. */
  public String path() {
    String path = Objects.requireNonNullElse(jetty.getHttpURI().getPath(), "");
    return path.isEmpty() ? "/" : path;
  }

  /** The query, with its percent escapes, without the question mark; empty if there is none. */
  public String query() {
    return Objects.requireNonNullElse(jetty.getHttpURI().getQuery(), "");
  }

  /** The protocol, {@code HTTP/1.1} or {@code HTTP/1.0}. */
  public String version() {
    return jetty.getConnectionMetaData().getHttpVersion().asString();
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
    return headers(jetty.getTrailers());
  }

  /** The client's IP address. */
  public String peer() {
    return org.eclipse.jetty.server.Request.getRemoteAddr(jetty);
  }

  /**
   * The whole body.
   *
   * @param maxBytes the largest body that is read
   * @throws BodyTooLargeException if it is larger
   */
  public byte[] bodyBytes(int maxBytes) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = new byte[16_384];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      all.write(buffer, 0, n);
      if (all.size() > maxBytes) {
        throw new BodyTooLargeException("the body is above " + maxBytes + " bytes");
      }
    }
    return all.toByteArray();
  }

  /** The whole body as text. */
  public String bodyText(int maxBytes) throws IOException {
    return new String(bodyBytes(maxBytes), StandardCharsets.UTF_8);
  }

  /** Throws an {@link IOException} where Jetty reports a malformed body otherwise. */
  private static final class Body extends FilterInputStream {
    Body(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return in.read(into, offset, length);
      } catch (BadMessageException e) {
        throw new IOException("the body is malformed", e);
      }
    }
  }
}
