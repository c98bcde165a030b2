package dev.chatgate.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A failure as the Runtime API takes it: a type in a header, {@code
 * {"errorMessage","errorType","stackTrace"}} as the body.
 *
 * <p>Lambda hands the body to whoever invoked the function and writes it to the log. An exception
 * thrown while answering may quote the request, so its message stays in the process: {@code
 * errorMessage} is its class name. A failure to start happens before any request is there, and its
 * message is what the operator needs: that one is told.
 */
final class ErrorReport {

  private static final int MAX_FRAMES = 50;

  private final String type;
  private final byte[] json;

  private ErrorReport(String type, byte[] json) {
    this.type = type;
    this.json = json;
  }

  /** Of a handler that failed while it had a request: class names and frames only. */
  static ErrorReport ofInvocation(Throwable error) {
    return of("Runtime.UserException", error, error.getClass().getName());
  }

  /**
   * Of a start or a restore that failed: with the message.
   *
   * @param type what Lambda shows as the kind of error, {@code Runtime.} and a word
   */
  static ErrorReport ofStart(String type, Throwable error) {
    String message = error.getMessage();
    return of(type, error, message == null ? error.getClass().getName() : message);
  }

  private static ErrorReport of(String type, Throwable error, String message) {
    StringBuilder json = new StringBuilder(1024);
    json.append("{\"errorMessage\":");
    Json.string(json, message);
    json.append(",\"errorType\":");
    Json.string(json, error.getClass().getName());
    json.append(",\"stackTrace\":[");
    appendFrames(json, error.getStackTrace());
    return new ErrorReport(type, json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void appendFrames(StringBuilder json, StackTraceElement[] frames) {
    for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
      json.append(i == 0 ? "" : ",");
      Json.string(json, frames[i].toString());
    }
  }

  /** For the header or trailer {@code Lambda-Runtime-Function-Error-Type}. */
  String type() {
    return type;
  }

  byte[] json() {
    return json;
  }

  /** For the trailer {@code Lambda-Runtime-Function-Error-Body}. */
  String base64() {
    return new String(Base64.getEncoder().encode(json), StandardCharsets.ISO_8859_1);
  }
}
