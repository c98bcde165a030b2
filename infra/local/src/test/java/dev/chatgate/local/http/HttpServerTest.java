package dev.chatgate.local.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server, spoken to over a plain socket. */
class HttpServerTest {
  // A field, because java.util.logging holds its loggers weakly. One test makes a handler fail.
  private static final Logger SILENT = Logger.getLogger(HttpServer.class.getName());

  private final HttpServer server = HttpServer.start(0, HttpServerTest::handle);

  @BeforeAll
  static void silence() {
    SILENT.setLevel(Level.OFF);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void connectionsAreKept() throws Exception {
    String answers =
        exchange(
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                + "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nd");
    assertTrue(answers.contains("Content-Length: 4\r\n\r\nabc;HTTP/1.1 200 OK"), answers);
    assertTrue(answers.endsWith("Connection: close\r\n\r\nd;"), answers);
  }

  @Test
  void whatTheHandlerLeavesUnreadIsNotTakenForTheNextRequest() throws Exception {
    String answers =
        exchange(
            "POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                + "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nd");
    assertTrue(answers.startsWith("HTTP/1.1 204 No Content\r\n"), answers);
    assertTrue(answers.endsWith("\r\n\r\nd;"), answers);
  }

  @Test
  void chunksAndTrailersAreRead() throws Exception {
    String answer =
        exchange(
            """
            POST /echo HTTP/1.1\r
            Host: h\r
            Connection: close\r
            Transfer-Encoding: chunked\r
            \r
            2\r
            ab\r
            3;x=y\r
            cde\r
            0\r
            T: end\r
            \r
            """);
    assertTrue(answer.endsWith("\r\n\r\nabcde;end"), answer);
  }

  @Test
  void aStreamIsSentInChunks() throws Exception {
    String answer = exchange("GET /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertTrue(answer.endsWith("\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"), answer);
  }

  @Test
  void headHasNoBody() throws Exception {
    for (String path : List.of("/echo", "/stream")) {
      String answer =
          exchange("HEAD " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertTrue(answer.endsWith("\r\n\r\n"), answer);
      assertEquals(answer.indexOf("\r\n\r\n"), answer.lastIndexOf("\r\n\r\n"), answer);
    }
  }

  @Test
  void aCallerThatExpects100ContinueGetsIt() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String head = "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
      write(socket, head + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n");
      String interim = "HTTP/1.1 100 Continue\r\n\r\n";
      InputStream in = socket.getInputStream();
      assertEquals(interim, text(in.readNBytes(interim.length())));
      write(socket, "a");
      String answer = text(in.readAllBytes());
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      assertTrue(answer.endsWith("\r\n\r\na;"), answer);
    }
  }

  @Test
  void anOlderCallerGetsNoChunks() throws Exception {
    String answer = exchange("GET /stream HTTP/1.0\r\n\r\n");
    assertTrue(answer.endsWith("\r\n\r\nabc"), answer);
  }

  @Test
  void anAnswerThatIsCutIsSeenAsBroken() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      write(socket, "GET /cut HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertThrows(SocketException.class, () -> socket.getInputStream().readAllBytes());
    }
  }

  @Test
  void aDefectIsAnInternalServerError() throws Exception {
    String answer = exchange("GET /defect HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
  }

  @Test
  void whatIsNotHttpIsABadRequest() throws Exception {
    for (String bytes :
        List.of(
            "hello\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n")) {
      assertTrue(exchange(bytes).startsWith("HTTP/1.1 400 "), bytes);
    }
  }

  @Test
  void aPortInUseIsTold() {
    var refused =
        assertThrows(
            UncheckedIOException.class,
            () -> HttpServer.start(server.port(), HttpServerTest::handle));
    assertInstanceOf(BindException.class, Objects.requireNonNull(refused.getCause()).getCause());
  }

  private static void handle(Request request, Reply reply) throws IOException {
    switch (request.path()) {
      case "/ignore" -> reply.send(204, Headers.NONE, new byte[0]);
      case "/defect" -> throw new IllegalStateException("on purpose");
      case "/cut" -> {
        reply.stream(200, Headers.NONE).write('a');
        reply.cut();
      }
      case "/stream" -> {
        try (OutputStream out = reply.stream(200, Headers.NONE)) {
          out.write("ab".getBytes(StandardCharsets.UTF_8));
          out.write('c');
        }
      }
      default -> {
        String text = request.bodyText(100) + ";" + request.trailers().first("t").orElse("");
        reply.send(200, Headers.NONE, text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private String exchange(String sent) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      write(socket, sent);
      return text(socket.getInputStream().readAllBytes());
    }
  }

  private static void write(Socket socket, String sent) throws IOException {
    socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
