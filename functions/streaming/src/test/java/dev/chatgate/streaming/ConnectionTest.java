package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading of HTTP/1.1 answers that arrive in pieces of any size. */
final class ConnectionTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4096})
  void answersAreReadInPiecesOfAnySize(int step) throws Exception {
    String body = "ü".repeat(9000);
    Connection connection =
        connection(
            step,
            "HTTP/1.1 100 Continue\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nX-One: 1\r\nx-two:\t zwei ü \r\nContent-Length: 18000\r\n\r\n"
                + body
                + "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n00A;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\n\r\n");
    RuntimeApiResponse first = connection.receive();
    assertEquals(200, first.status());
    assertEquals("1", first.header("x-ONE"));
    assertEquals("zwei ü", first.header("X-Two"));
    assertNull(first.header("X-Three"));
    assertArrayEquals(body.getBytes(StandardCharsets.UTF_8), first.body());
    assertTrue(connection.reusable());
    RuntimeApiResponse second = connection.receive();
    assertEquals(202, second.status());
    assertEquals("abc0123456789", new String(second.body(), StandardCharsets.UTF_8));
    RuntimeApiResponse third = connection.receive();
    assertEquals(204, third.status());
    assertEquals(0, third.body().length);
    assertTrue(connection.reusable());
    assertFalse(connection.awaitReply());
  }

  @Test
  void aBodyWithoutALengthGoesToTheEndAndTheConnectionIsNotKept() throws Exception {
    Connection connection = connection(7, "HTTP/1.1 200 OK\n\nto the end");
    assertEquals("to the end", new String(connection.receive().body(), StandardCharsets.UTF_8));
    assertFalse(connection.reusable());
  }

  @Test
  void aConnectionThatWillCloseIsNotKept() throws Exception {
    Connection connection =
        connection(99, "HTTP/1.1 200 OK\r\nconnection: Close\r\nContent-Length: 0\r\n\r\n");
    connection.receive();
    assertFalse(connection.reusable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 O",
        "HTTP/2 200\r\n\r\n",
        "ICY 200 OK....\r\n\r\n",
        "HTTP/1.1 2xx OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4294967295\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
      })
  void anIncompleteOrMalformedAnswerIsAnIoException(String text) {
    assertThrows(IOException.class, () -> connection(4096, text).receive());
  }

  @Test
  void anEndlessHeaderIsAnIoException() {
    String line = "x: " + "y".repeat(70_000) + "\r\n";
    assertThrows(IOException.class, () -> connection(4096, "HTTP/1.1 200 OK\r\n" + line).receive());
    String many = "x: y\r\n".repeat(1000);
    assertThrows(
        IOException.class, () -> connection(4096, "HTTP/1.1 200 OK\r\n" + many + "\r\n").receive());
  }

  private static Connection connection(int step, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    InputStream in =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(step, length));
          }
        };
    return new Connection(in, OutputStream.nullOutputStream());
  }
}
