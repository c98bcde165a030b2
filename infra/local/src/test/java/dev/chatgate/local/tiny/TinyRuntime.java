package dev.chatgate.local.tiny;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A streaming runtime in a hundred lines, started by a wrapper script in the place of AWS's client.
 * The path of its event says what it does.
 */
public final class TinyRuntime {
  private static final String PRELUDE =
      "{\"statusCode\":201,\"headers\":{\"content-type\":\"text/event-stream\",\"Content-Length\":\"9\"},"
          + "\"cookies\":[\"a=1\",\"b=2\"]}";

  private final String host;
  private final int port;

  private TinyRuntime(String api) {
    URI uri = URI.create("http://" + api);
    this.host = uri.getHost();
    this.port = uri.getPort();
  }

  public static void main(String[] args) throws IOException {
    if ("dies".equals(System.getenv("AT_START"))) {
      Runtime.getRuntime().halt(3);
    }
    var runtime = new TinyRuntime(System.getenv("AWS_LAMBDA_RUNTIME_API"));
    int loops = Integer.parseInt(System.getenv().getOrDefault("AWS_LAMBDA_MAX_CONCURRENCY", "1"));
    for (int i = 0; i < loops; i++) {
      Thread.ofPlatform().start(runtime::loop);
    }
  }

  private void loop() {
    try {
      while (true) {
        one();
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  private void one() throws IOException {
    var url = URI.create("http://" + host + ":" + port + "/2018-06-01/runtime/invocation/next");
    var next = url.toURL().openConnection();
    String id;
    String event;
    try (InputStream in = next.getInputStream()) {
      id = next.getHeaderField("Lambda-Runtime-Aws-Request-Id");
      event = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    switch (TinyEvent.path(event)) {
      case "/crash" -> Runtime.getRuntime().halt(7);
      case "/hang" -> TinyEvent.sleep(3_600_000);
      case "/slow" -> TinyEvent.sleep(400);
      default -> {}
    }
    try (var socket = new Socket(InetAddress.ofLiteral(host), port)) {
      respond(socket, id, TinyEvent.path(event), event);
    }
  }

  private static void respond(Socket socket, String id, String path, String event)
      throws IOException {
    socket.setTcpNoDelay(true);
    OutputStream out = socket.getOutputStream();
    write(
        out,
        "POST /2018-06-01/runtime/invocation/"
            + id
            + "/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
            + "Content-Type: application/vnd.awslambda.http-integration-response\r\n"
            + "Trailer: Lambda-Runtime-Function-Error-Type\r\n\r\n");
    // The prelude and its end come in two pieces, as a network may cut them.
    String prelude = path.equals("/health") ? PRELUDE.replace("201", "200") : PRELUDE;
    chunk(out, prelude + "\0\0\0");
    chunk(out, "\0\0\0\0\0" + (path.equals("/crash-at-once") ? "" : "first\n"));
    switch (path) {
      case "/crash-at-once", "/crash-late" -> {
        TinyEvent.sleep(100);
        Runtime.getRuntime().halt(7);
      }
      case "/paced" -> {
        for (int i = 0; i < 5; i++) {
          TinyEvent.sleep(100);
          chunk(out, System.nanoTime() + "\n");
        }
      }
      case "/pid" -> chunk(out, Long.toString(ProcessHandle.current().pid()));
      case "/event" -> chunk(out, event);
      default -> {}
    }
    boolean fails = path.equals("/fail-late");
    write(
        out,
        "0\r\n" + (fails ? "Lambda-Runtime-Function-Error-Type: Runtime.Oops\r\n" : "") + "\r\n");
    var answer = new BufferedInputStream(socket.getInputStream());
    var head = new byte[12];
    answer.readNBytes(head, 0, head.length);
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(out, Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
