package dev.chatgate.local.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A body that the caller sends only when it is told to go on ({@code Expect: 100-continue}). */
final class InvitedBody extends InputStream {
  private final InputStream body;
  private final OutputStream out;
  private boolean asked;

  InvitedBody(InputStream body, OutputStream out) {
    this.body = body;
    this.out = out;
  }

  /** Whether the caller was told to go on. */
  boolean asked() {
    return asked;
  }

  @Override
  public int read() throws IOException {
    invite();
    return body.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    invite();
    return body.read(into, offset, length);
  }

  private void invite() throws IOException {
    if (!asked) {
      asked = true;
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
