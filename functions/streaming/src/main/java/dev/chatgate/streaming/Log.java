package dev.chatgate.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Lines on standard error, where Lambda takes logs from: one line for each event, because
 * CloudWatch stores every line as an event of its own. {@code System.Logger} is not used, because
 * it adds 20 ms to the start.
 *
 * <p>For an exception only class names and stack frames are written, because its message may quote
 * a request.
 */
final class Log {

  private static final int MAX_FRAMES = 12;
  private static final int MAX_CAUSES = 5;

  private Log() {}

  /** Writes a warning for the operator. */
  static void warn(String requestId, String message) {
    print(line("WARN", requestId, message));
  }

  /** Writes a failure while answering: class names and frames, no messages. */
  static void failure(String requestId, String message, Throwable error) {
    StringBuilder line = line("ERROR", requestId, message);
    @Nullable Throwable cause = error;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      line.append(i == 0 ? ": " : "; caused by ");
      appendTrace(line, cause);
      cause = cause.getCause();
    }
    print(line);
  }

  /**
   * Writes why the process ends. No request is involved, so that an exception's message may be
   * logged.
   */
  static void fatal(String message) {
    print(line("FATAL", "", message));
  }

  private static StringBuilder line(String level, String requestId, String message) {
    StringBuilder line = new StringBuilder(256).append("chatgate-streaming ").append(level);
    if (!requestId.isEmpty()) {
      line.append(' ').append(requestId);
    }
    return line.append(' ').append(message.replace('\n', ' '));
  }

  private static void appendTrace(StringBuilder line, Throwable error) {
    line.append(error.getClass().getName());
    StackTraceElement[] frames = error.getStackTrace();
    for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
      line.append(i == 0 ? " at " : ", ").append(frames[i]);
    }
  }

  private static void print(StringBuilder line) {
    System.err.print(line.append('\n'));
    System.err.flush();
  }
}
