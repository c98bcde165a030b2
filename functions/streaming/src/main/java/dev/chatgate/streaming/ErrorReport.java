package dev.chatgate.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A failure in the form that the Runtime API expects: a type in a header, {@code
 * {"errorMessage","errorType","stackTrace"}} as the body.
 *
 * <p>Lambda returns the body to the caller of the function and writes it to the log. An exception
 * that is thrown while a request is answered may quote the request. Its message is therefore not
 * reported; {@code errorMessage} is its class name. A failure at the start cannot quote a request,
 * and the operator needs its message, so it is reported.
 */
final class ErrorReport {

  private static final int MAX_FRAMES = 50;

  private final String type;
  private final byte[] json;

  private ErrorReport(String type, byte[] json) {
    this.type = type;
    this.json = json;
  }

  /** Reports a handler that failed on a request, with class name and stack frames only. */
  static ErrorReport ofInvocation(Throwable error) {
    return of("Runtime.UserException", error, error.getClass().getName());
  }

  /**
   * Reports a failed start or restore, with the exception's message.
   *
   * @param type the error type that Lambda shows, {@code Runtime.} and a word
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

  /** The value of the header or trailer {@code Lambda-Runtime-Function-Error-Type}. */
  String type() {
    return type;
  }

  byte[] json() {
    return json;
  }

  /** The value of the trailer {@code Lambda-Runtime-Function-Error-Body}. */
  String base64() {
    return new String(Base64.getEncoder().encode(json), StandardCharsets.ISO_8859_1);
  }
}
