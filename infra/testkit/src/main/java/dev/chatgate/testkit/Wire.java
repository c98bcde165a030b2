package dev.chatgate.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one HTTP/1.1 connection on a socket. The caller determines every byte of an
 * answer, so that an answer can be wrong in any way.
 */
public final class Wire {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int END_OF_HEAD = 0x0D0A0D0A;

  private final Socket socket;
  private final int connection;
  private final InputStream in;
  private final OutputStream out;
  private @Nullable Received request;

  Wire(Socket socket, int connection) throws IOException {
    this.socket = socket;
    this.connection = connection;
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    this.out = socket.getOutputStream();
  }

  /** The request that is being answered. */
  public Received request() {
    var current = request;
    if (current == null) {
      throw new IllegalStateException("no request was read yet");
    }
    return current;
  }

  /**
   * Reads the next request. A chunked body is not read; use {@link #readChunk}.
   *
   * @return whether there was a request; false if the client has closed the connection
   */
  boolean next() throws IOException {
    if (socket.isClosed()) {
      return false;
    }
    var head = new ByteArrayOutputStream();
    int last = 0;
    while (last != END_OF_HEAD) {
      int b = in.read();
      if (b < 0) {
        return false;
      }
      head.write(b);
      last = last << 8 | b;
    }
    var text = head.toString(StandardCharsets.ISO_8859_1);
    var length = new Received(text, new byte[0], connection).header("content-length");
    byte[] body = exactly(length.isEmpty() ? 0 : Integer.parseInt(length));
    request = new Received(text, body, connection);
    return true;
  }

  /** Reads the next chunk of a body; empty for the last chunk, after which come the trailers. */
  byte[] readChunk() throws IOException {
    byte[] bytes = exactly(Integer.parseInt(line(), 16));
    if (bytes.length > 0 && !line().isEmpty()) {
      throw new IOException("a chunk is longer than its size");
    }
    return bytes;
  }

  /** Reads the lines up to the next empty one, which are the trailers. */
  List<String> readLines() throws IOException {
    var lines = new ArrayList<String>();
    for (var line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      line.write(b);
    }
    var text = line.toString(StandardCharsets.UTF_8);
    if (!text.endsWith("\r")) {
      throw new IOException("a line does not end with CR LF");
    }
    return text.substring(0, text.length() - 1);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  /** Sends text at once. */
  public Wire raw(String text) throws IOException {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends bytes at once. */
  public Wire raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Sends a complete answer with its length. */
  public Wire answer(int status, String contentType, String body, String... headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("content-type: ").append(contentType).append("\r\n");
    head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
    return raw(head + body);
  }

  /** Sends a complete JSON answer with its length. */
  public Wire json(int status, String body, String... headers) throws IOException {
    return answer(status, "application/json", body, headers);
  }

  /** Starts a chunked event stream. */
  public Wire streamHead() throws IOException {
    return raw(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  }

  /** Sends one HTTP chunk. */
  public Wire chunk(String text) throws IOException {
    return chunk(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends one HTTP chunk. */
  public Wire chunk(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return this;
    }
    var frame = new ByteArrayOutputStream(bytes.length + 16);
    frame.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
    frame.writeBytes(bytes);
    frame.writeBytes(new byte[] {'\r', '\n'});
    return raw(frame.toByteArray());
  }

  /** Sends bytes in HTTP chunks of this size. */
  public Wire chunks(byte[] bytes, int size) throws IOException {
    for (int at = 0; at < bytes.length; at += size) {
      chunk(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
    }
    return this;
  }

  /** Ends a chunked answer. */
  public Wire endChunks() throws IOException {
    return raw("0\r\n\r\n");
  }

  /** Sends a complete chunked event stream. */
  public Wire stream(String events) throws IOException {
    return streamHead().chunk(events).endChunks();
  }

  /** Waits until the test counts the latch down. */
  public Wire await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the test did not count down the latch in time");
    }
    return this;
  }

  /** Pauses, as a slow peer does. */
  public Wire pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
    return this;
  }

  /** Waits until the client closes the connection. */
  public Wire stall() throws IOException {
    in.readAllBytes();
    return this;
  }

  /** Closes the connection. */
  public Wire close() throws IOException {
    socket.close();
    return this;
  }

  /** Closes the connection with a reset. */
  public Wire reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
    return this;
  }
}
