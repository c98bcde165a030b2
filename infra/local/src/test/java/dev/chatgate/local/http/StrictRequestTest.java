package dev.chatgate.local.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two recipients could read differently (RFC 9112), over a plain socket. */
class StrictRequestTest {
  private static final int SOCKET_TIMEOUT_MILLIS = 10_000;

  private final HttpServer server = HttpServer.start(0, StrictRequestTest::handle);

  /**
   * A request and the status of its answer.
   *
   * @param sent the whole request
   * @param status of the answer
   */
  record Case(String name, String sent, int status) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case head(String name, String headers, int status) {
    return new Case(name, "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\nabc", status);
  }

  private static Case line(String name, String requestLine, int status) {
    return new Case(name, requestLine + "\r\nHost: h\r\n\r\n", status);
  }

  private static Case chunks(String name, String body, int status) {
    return new Case(
        name, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body, status);
  }

  static Stream<Case> cases() {
    return Stream.of(lengths(), codings(), headers(), targets(), chunks()).flatMap(List::stream);
  }

  private static List<Case> lengths() {
    return List.of(
        head("a length", "Content-Length: 3\r\n", 200),
        head("zeros in front", "Content-Length: 003\r\n", 200),
        head("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n", 400),
        head("equal lengths in one line", "Content-Length: 3, 3\r\n", 400),
        head("two lengths that differ", "Content-Length: 3\r\nContent-Length: 1\r\n", 400),
        head("two lengths in one line that differ", "Content-Length: 3,1\r\n", 400),
        head("equal but for zeros", "Content-Length: 3\r\ncontent-length: 03\r\n", 400),
        head("a plus", "Content-Length: +3\r\n", 400),
        head("a minus", "Content-Length: -3\r\n", 400),
        head("minus zero", "Content-Length: -0\r\n", 400),
        head("no length", "Content-Length:\r\n", 400),
        head("only spaces", "Content-Length:   \r\n", 400),
        head("spaces inside", "Content-Length: 3 0\r\n", 400),
        head("a comma more", "Content-Length: 3,\r\n", 400),
        head("hexadecimal", "Content-Length: 0x3\r\n", 400),
        head("a fraction", "Content-Length: 3.0\r\n", 400),
        head("a word", "Content-Length: three\r\n", 400),
        head("digits of another script", "Content-Length: \u0663\r\n", 400),
        head("2^63", "Content-Length: 9223372036854775808\r\n", 400),
        head("2^64 + 3", "Content-Length: 18446744073709551619\r\n", 400));
  }

  private static List<Case> codings() {
    String body = "\r\n3\r\nabc\r\n0\r\n\r\n";
    String post = "POST / HTTP/1.1\r\nHost: h\r\n";
    return List.of(
        new Case("chunked", post + "Transfer-Encoding: chunked\r\n" + body, 200),
        new Case("in capitals", post + "TRANSFER-ENCODING: CHUNKED\r\n" + body, 200),
        new Case(
            "beside a length",
            post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + body,
            400),
        new Case("twice", post + "Transfer-Encoding: chunked, chunked\r\n" + body, 400),
        new Case(
            "in two lines",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + body,
            400),
        new Case("empty", post + "Transfer-Encoding:\r\n" + body, 400),
        new Case("in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + body, 400),
        new Case("gzip", post + "Transfer-Encoding: gzip, chunked\r\n" + body, 501),
        new Case("not last", post + "Transfer-Encoding: chunked, gzip\r\n" + body, 400),
        new Case("identity", post + "Transfer-Encoding: identity\r\n" + body, 400),
        new Case("nearly chunked", post + "Transfer-Encoding: xchunked\r\n" + body, 400),
        new Case("quoted", post + "Transfer-Encoding: \"chunked\"\r\n" + body, 400),
        new Case("a control", post + "Transfer-Encoding: \u000Bchunked\r\n" + body, 400));
  }

  private static List<Case> headers() {
    return List.of(
        head("a space before the colon", "X-A : 1\r\n", 400),
        head("a space before the colon of a length", "Content-Length : 3\r\n", 400),
        head("a tab before the colon", "X-A\t: 1\r\n", 400),
        head("a space in the name", "X A: 1\r\n", 400),
        head("no name", ": 1\r\n", 400),
        head("no colon", "X-A\r\n", 400),
        head("a folded line", "X-A: 1\r\n 2\r\n", 400),
        head("a folded line by a tab", "X-A: 1\r\n\t2\r\n", 400),
        head("a first line that is folded", " X-A: 1\r\n", 400),
        head("a bare LF", "X-A: 1\nX-B: 2\r\n", 400),
        head("a bare CR", "X-A: 1\rX-B: 2\r\n", 400),
        head("two CR", "X-A: 1\r\r\n", 400),
        head("NUL", "X-A: 1\u00002\r\n", 400),
        head("0x01", "X-A: \u0001\r\n", 400),
        head("DEL", "X-A: \u007F\r\n", 400),
        head("a name outside of ASCII", "X-\u00E4: 1\r\n", 400),
        head("a tab in a value", "X-A: 1\t2\r\n", 200),
        head("a value outside of ASCII", "X-A: \u00E4\r\n", 200),
        head("an empty value", "X-A:\r\n", 200),
        head("every character of a name", "!#$%&'*+-.^_`|~0aZ: 1\r\n", 200),
        new Case("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        new Case("two Hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400),
        new Case("a list of Hosts", "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n", 400),
        new Case("a Host with a path", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", 400),
        new Case("a Host with a user", "GET / HTTP/1.1\r\nHost: a@h\r\n\r\n", 400),
        new Case("a Host with a port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200),
        new Case("HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", 200),
        new Case("an empty line in front", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        new Case("two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 200));
  }

  private static List<Case> targets() {
    return List.of(
        line("HTTP/0.9", "GET /", 505),
        line("no version", "GET / ", 400),
        line("two spaces", "GET  / HTTP/1.1", 200),
        line("a space at the end", "GET / HTTP/1.1 ", 400),
        line("a space in the target", "GET /a b HTTP/1.1", 400),
        line("a tab", "GET\t/ HTTP/1.1", 400),
        line("a control in the target", "GET /\u0001 HTTP/1.1", 400),
        line("a method that is no token", "G(T / HTTP/1.1", 400),
        line("half a version", "GET / HTTP/1.", 505),
        line("a longer version", "GET / HTTP/1.10", 505),
        line("HTTP/2.0", "GET / HTTP/2.0", 426),
        line("a later version of 1", "GET / HTTP/1.2", 505),
        line("no slash", "GET health HTTP/1.1", 400),
        line("an authority", "CONNECT h:443 HTTP/1.1", 400),
        line("an authority for GET", "GET h:443 HTTP/1.1", 400),
        line("a star for GET", "GET * HTTP/1.1", 400),
        line("a star for OPTIONS", "OPTIONS * HTTP/1.1", 200),
        line("the absolute form", "GET http://h/a HTTP/1.1", 200),
        line("without a host", "GET http:///a HTTP/1.1", 400),
        line("another host", "GET http://i/a HTTP/1.1", 400),
        line("with a user", "GET http://a@h/ HTTP/1.1", 400),
        line("with a fragment", "GET /a#b HTTP/1.1", 400),
        line("a broken escape", "GET /%zz HTTP/1.1", 400));
  }

  private static List<Case> chunks() {
    return List.of(
        chunks("a chunk", "3\r\nabc\r\n0\r\n\r\n", 200),
        chunks("zeros in front", "0000000000000000003\r\nabc\r\n00\r\n\r\n", 200),
        chunks("an extension", "3;a=b\r\nabc\r\n0;c=\"d;e\"\r\n\r\n", 200),
        chunks("2^64 - 1", "FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n", 400),
        chunks("2^64 + 3", "10000000000000003\r\nabc\r\n0\r\n\r\n", 400),
        chunks("2^63", "8000000000000000\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a plus", "+3\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a minus", "-3\r\nabc\r\n0\r\n\r\n", 400),
        chunks("minus zero", "3\r\nabc\r\n-0\r\n\r\n", 400),
        chunks("0x", "0x3\r\nabc\r\n0\r\n\r\n", 400),
        chunks("an underscore", "0_3\r\nabc\r\n0\r\n\r\n", 400),
        chunks("no size", "\r\nabc\r\n0\r\n\r\n", 400),
        chunks("only an extension", ";a=b\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a space in front", " 3\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a space behind", "3 \r\nabc\r\n0\r\n\r\n", 400),
        chunks("no hexadecimal", "g\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a bare LF", "3\nabc\r\n0\r\n\r\n", 400),
        chunks("a bare LF in an extension", "3;a\nabc\r\n0\r\n\r\n", 400),
        chunks("a bare CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n", 400),
        chunks("a bare LF behind a chunk", "3\r\nabc\n0\r\n\r\n", 400),
        chunks("an end in a chunk", "3\r\nab", 400),
        chunks("a trailer with a space", "0\r\nX-A : 1\r\n\r\n", 400));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theAnswerIsOneStatusAndNothingElse(Case sent) throws IOException {
    String answer = exchange(sent.sent());
    assertTrue(answer.startsWith("HTTP/1.1 " + sent.status() + " "), answer);
    if (sent.status() != 200) {
      assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
      assertEquals(answer.indexOf("HTTP/1.1 "), answer.lastIndexOf("HTTP/1.1 "), answer);
    }
  }

  @Test
  void theAbsoluteFormNamesItsPathItsQueryAndItsHost() throws IOException {
    for (String target : List.of("http://e.org:8/a/b?c=d?e", "HTTPS://e.org:8/a/b?c=d?e")) {
      String answer = exchange("GET " + target + " HTTP/1.1\r\nHost: e.org:8\r\n\r\n");
      assertTrue(answer.contains("[/a/b|c=d?e|e.org:8]"), answer);
    }
    assertTrue(exchange("GET http://e HTTP/1.1\r\nHost: e\r\n\r\n").contains("[/||e]"));
    assertTrue(exchange("GET http://e?q HTTP/1.1\r\nHost: e\r\n\r\n").contains("[/|q|e]"));
    assertTrue(exchange("GET /http://e?q HTTP/1.1\r\nHost: h\r\n\r\n").contains("[/http://e|q|h]"));
    assertTrue(exchange("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").contains("[*||h]"));
  }

  /** The body comes after an answer that did not wait for it. */
  @Test
  void aMalformedBodyThatIsNotReadEndsTheConnectionWithoutASecondAnswer() throws IOException {
    String answer =
        exchange(
            "POST /ignore HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    assertEquals(0, answer.lastIndexOf("HTTP/1.1 "), answer);
  }

  private static void handle(Request request, Reply reply) throws IOException {
    String body = request.path().equals("/ignore") ? "" : request.bodyText(100);
    String seen =
        "[%s|%s|%s]{%s}"
            .formatted(
                request.path(), request.query(), request.headers().first("host").orElse(""), body);
    reply.send(200, Headers.NONE, seen.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String exchange(String sent) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
