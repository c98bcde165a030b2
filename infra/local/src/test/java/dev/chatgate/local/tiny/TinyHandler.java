package dev.chatgate.local.tiny;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A function for AWS's own runtime client; the path of its event says what it does. */
public final class TinyHandler implements RequestStreamHandler {

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String event = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    TinyEvent.logHealth(event);
    output.write(answer(TinyEvent.path(event), event).getBytes(StandardCharsets.UTF_8));
  }

  private static String answer(String path, String event) {
    switch (path) {
      case "/crash" -> Runtime.getRuntime().halt(7);
      case "/throw" -> throw new IllegalStateException("on purpose");
      case "/hang" -> TinyEvent.sleep(3_600_000);
      case "/slow" -> TinyEvent.sleep(400);
      case "/pid" -> {
        return Long.toString(ProcessHandle.current().pid());
      }
      case "/large" -> {
        return "{\"statusCode\":200,\"body\":\"" + "x".repeat(6_300_000) + "\"}";
      }
      case "/not-json" -> {
        return "this is no JSON";
      }
      case "/environment" -> {
        return "{\"statusCode\":200,\"body\":\""
            + System.getenv("GREETING")
            + " "
            + System.getenv("AWS_ENDPOINT_URL")
            + " "
            + System.getenv("CHATGATE_CACHE_SECONDS")
            + " "
            + context()
            + "\"}";
      }
      default -> {}
    }
    String echo = Base64.getEncoder().encodeToString(event.getBytes(StandardCharsets.UTF_8));
    return "{\"statusCode\":200,\"headers\":{\"content-type\":\"application/json\"},\"cookies\":[\"a=1\"],"
        + "\"isBase64Encoded\":true,\"body\":\""
        + echo
        + "\"}";
  }

  private static String context() {
    return System.getenv("LAMBDA_TASK_ROOT").equals(System.getProperty("user.dir"))
        ? "in-task-root"
        : "elsewhere";
  }
}
