package dev.chatgate.local.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** The answer to one request: sent whole, or in chunks that each leave at once. */
public final class Reply {
  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(202, "Accepted"),
          Map.entry(204, "No Content"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(413, "Payload Too Large"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"));

  private final Socket socket;
  private final OutputStream out;
  private final boolean toHead;
  private final boolean chunks;
  private boolean keepAlive;
  private boolean begun;
  private boolean ended;

  Reply(Socket socket, Request request) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.toHead = request.method().equals("HEAD");
    this.chunks = request.takesChunks();
    this.keepAlive = request.keepsAlive();
  }

  /**
   * Sends a whole answer.
   *
   * @param status the HTTP status
   * @param headers without {@code Content-Length}, {@code Date} and {@code Connection}, which are
   *     added
   * @param body left out where the status or the method forbids one
   */
  public void send(int status, Headers headers, byte[] body) throws IOException {
    var message = new ByteArrayOutputStream(512 + body.length);
    boolean bodyAllowed = allowsBody(status);
    message.write(head(status, bodyAllowed ? withLength(headers, body.length) : headers));
    if (bodyAllowed && !toHead) {
      message.write(body);
    }
    ended = true;
    message.writeTo(out);
    out.flush();
  }

  /**
   * Begins an answer of unknown length. Each write leaves at once; closing ends the answer.
   *
   * @param status the HTTP status
   * @param headers without the framing, which is added
   */
  public OutputStream stream(int status, Headers headers) throws IOException {
    if (!allowsBody(status) || toHead) {
      out.write(head(status, headers));
      out.flush();
      return new Nowhere();
    }
    if (!chunks) {
      keepAlive = false;
    }
    out.write(head(status, chunks ? headers.with("Transfer-Encoding", "chunked") : headers));
    out.flush();
    return chunks ? new Chunks() : new Plain();
  }

  /** Breaks the connection off, so that the caller sees an answer that did not end. */
  public void cut() {
    keepAlive = false;
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // Closed already: that is what was wanted.
    }
  }

  /**
   * Whether the caller has reset the connection, which a read would tell only after all that was
   * sent before. TCP's urgent byte tells it at once; the caller's socket drops that byte.
   */
  public boolean isReset() {
    try {
      socket.sendUrgentData(0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether any byte of the answer has left. */
  public boolean begun() {
    return begun;
  }

  /** Whether the connection can carry another request. */
  boolean reusable() {
    return ended && keepAlive;
  }

  private byte[] head(int status, Headers headers) {
    begun = true;
    var head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ');
    head.append(reason(status)).append("\r\n");
    if (headers.first("Date").isEmpty()) {
      var now = ZonedDateTime.now(ZoneOffset.UTC);
      head.append("Date: ").append(DateTimeFormatter.RFC_1123_DATE_TIME.format(now)).append("\r\n");
    }
    for (Header line : headers.lines()) {
      head.append(line.name()).append(": ").append(line.value()).append("\r\n");
    }
    if (!keepAlive) {
      head.append("Connection: close\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static String reason(int status) {
    return REASONS.getOrDefault(status, "Status");
  }

  private static Headers withLength(Headers headers, int length) {
    return headers.with("Content-Length", Integer.toString(length));
  }

  private static boolean allowsBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  private final class Chunks extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return;
      }
      var chunk = new ByteArrayOutputStream(length + 16);
      chunk.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      chunk.write(bytes, offset, length);
      chunk.write('\r');
      chunk.write('\n');
      chunk.writeTo(out);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (!ended) {
        ended = true;
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    }
  }

  private final class Plain extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() {
      ended = true;
    }
  }

  private final class Nowhere extends OutputStream {
    @Override
    public void write(int b) {}

    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void close() {
      ended = true;
    }
  }
}
