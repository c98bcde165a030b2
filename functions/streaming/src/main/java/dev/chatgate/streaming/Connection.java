package dev.chatgate.streaming;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to the Runtime API. It implements only the part of RFC 9112 that the
 * Runtime API uses. It uses a socket because the JDK's HTTP clients cannot send trailers, and
 * {@code java.net.http} delays each chunk until the next one is written.
 *
 * <p>Reads have no time limit: {@code next} blocks until there is an invocation, and the process
 * may be frozen meanwhile.
 */
final class Connection implements Closeable {

  private static final int MAX_LINE_BYTES = 64 * 1024;
  private static final int MAX_HEADER_LINES = 200;

  /** Far above Lambda's own limit of 6 MB for an event. */
  private static final int MAX_BODY_BYTES = 256 * 1024 * 1024;

  private static final byte[] EMPTY = {};

  private final @Nullable Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private byte[] line = new byte[512];
  private final byte[] buffer = new byte[8 * 1024];
  private int position;
  private int limit;
  private boolean reusable = true;

  /** A connection over any pair of streams, for tests and for priming. */
  Connection(InputStream in, OutputStream out) {
    this.socket = null;
    this.in = in;
    this.out = out;
  }

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  @SuppressWarnings(
      "AddressSelection") // The address is one literal; NO_PROXY skips SOCKS and its classes.
  static Connection open(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(Proxy.NO_PROXY);
    try {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      socket.connect(address);
      return new Connection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  void send(WriteBuffer frame) throws IOException {
    frame.send(out);
  }

  /** Whether another request may be sent over this connection. */
  boolean reusable() {
    return reusable;
  }

  /**
   * Waits for the first byte of the reply. Returns false if the server closed the connection before
   * it; then the request may be repeated over a new connection.
   */
  boolean awaitReply() throws IOException {
    return position < limit || fill();
  }

  /** Reads the next final answer; skips interim answers (1xx). */
  RuntimeApiResponse receive() throws IOException {
    RuntimeApiResponse reply = receiveAny();
    while (reply.status() < 200) {
      reply = receiveAny();
    }
    return reply;
  }

  private RuntimeApiResponse receiveAny() throws IOException {
    int status = status(readLine());
    String[] header = readHeader();
    String connection = RuntimeApiResponse.find(header, header.length, "Connection");
    if ("close".equalsIgnoreCase(connection)) {
      reusable = false;
    }
    return new RuntimeApiResponse(status, header, hasBody(status) ? readBody(header) : EMPTY);
  }

  private static boolean hasBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  private static int status(String statusLine) throws IOException {
    if (!statusLine.startsWith("HTTP/1.") || statusLine.length() < 12) {
      throw new IOException("The Runtime API sent a malformed status line");
    }
    return number(statusLine.substring(9, 12), 10);
  }

  private String[] readHeader() throws IOException {
    String[] header = new String[32];
    int count = 0;
    for (String text = readLine(); !text.isEmpty(); text = readLine()) {
      int colon = text.indexOf(':');
      if (colon <= 0 || count == MAX_HEADER_LINES * 2) {
        throw new IOException("The Runtime API sent a malformed header");
      }
      if (count == header.length) {
        header = Arrays.copyOf(header, count * 2);
      }
      header[count++] = text.substring(0, colon);
      header[count++] = text.substring(colon + 1).strip();
    }
    return Arrays.copyOf(header, count);
  }

  private byte[] readBody(String[] header) throws IOException {
    if ("chunked"
        .equalsIgnoreCase(RuntimeApiResponse.find(header, header.length, "Transfer-Encoding"))) {
      return readChunks();
    }
    String length = RuntimeApiResponse.find(header, header.length, "Content-Length");
    if (length != null) {
      return readFully(number(length, 10));
    }
    reusable = false;
    return readToEnd();
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      copy(size, body);
      readLine();
    }
    readHeader();
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    String text = readLine();
    int extension = text.indexOf(';');
    return number((extension < 0 ? text : text.substring(0, extension)).strip(), 16);
  }

  private void copy(int count, ByteArrayOutputStream body) throws IOException {
    int left = count;
    while (left > 0) {
      require(position < limit || fill());
      int step = Math.min(left, limit - position);
      body.write(buffer, position, step);
      position += step;
      left -= step;
    }
  }

  private byte[] readFully(int count) throws IOException {
    byte[] body = new byte[count];
    int done = Math.min(count, limit - position);
    System.arraycopy(buffer, position, body, 0, done);
    position += done;
    require(in.readNBytes(body, done, count - done) == count - done);
    return body;
  }

  private byte[] readToEnd() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (position < limit || fill()) {
      body.write(buffer, position, limit - position);
      position = limit;
    }
    return body.toByteArray();
  }

  /** A line without its end, read as UTF-8. */
  private String readLine() throws IOException {
    int length = 0;
    for (int b = read(); b != '\n'; b = read()) {
      if (length == line.length) {
        line = grown(line);
      }
      line[length++] = (byte) b;
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, 0, end, StandardCharsets.UTF_8);
  }

  private static byte[] grown(byte[] line) throws IOException {
    if (line.length >= MAX_LINE_BYTES) {
      throw new IOException("The Runtime API sent a line of more than 64 KiB");
    }
    return Arrays.copyOf(line, line.length * 2);
  }

  private int read() throws IOException {
    require(position < limit || fill());
    return buffer[position++];
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  private static void require(boolean more) throws IOException {
    if (!more) {
      throw new EOFException("The Runtime API closed the connection");
    }
  }

  private static int number(String digits, int radix) throws IOException {
    try {
      int number = Integer.parseInt(digits, radix);
      if (number >= 0 && number <= MAX_BODY_BYTES) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IOException("The Runtime API sent an invalid size or status");
  }

  /**
   * Closes the connection from another thread; a blocked read or write then fails. Closes with a
   * TCP reset, because an orderly close would wait until the peer reads the unsent bytes.
   */
  void abort() {
    try {
      if (socket != null) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // The socket is closed already.
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    reusable = false;
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // Nothing is left to be sent or read.
    }
  }
}
