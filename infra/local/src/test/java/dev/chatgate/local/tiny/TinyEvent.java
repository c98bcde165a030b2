package dev.chatgate.local.tiny;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tiny functions read from an event, without a JSON library in their package. */
final class TinyEvent {
  private static final Pattern PATH = Pattern.compile("\"rawPath\":\"([^\"]*)\"");

  private TinyEvent() {}

  static String path(String event) {
    Matcher path = PATH.matcher(event);
    return path.find() ? path.group(1) : "";
  }

  /** Prints the log line of a health check, as the gateway does. */
  static void logHealth(String event) {
    if (path(event).equals("/health")) {
      System.out.println(
          "{\"kind\":\"call\",\"method\":\"GET\",\"route\":\"health\",\"status\":200,"
              + "\"duration_ms\":3,\"request_id\":\"req_tiny\"}");
    }
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
