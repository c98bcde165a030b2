package dev.chatgate.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Lines on standard error, where Lambda takes logs from: one line an occurrence, because CloudWatch
 * makes every line an event of its own. Not {@code System.Logger}, which costs 20 ms of the start.
 *
 * <p>Of an exception only class names and frames are written: its message may quote a request.
 */
final class Log {

  private static final int MAX_FRAMES = 12;
  private static final int MAX_CAUSES = 5;

  private Log() {}

  /** Something that whoever operates the function should know. */
  static void warn(String requestId, String message) {
    print(line("WARN", requestId, message));
  }

  /** A failure while answering: class names and frames, no messages. */
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

  /** Why the process ends; no request is involved, so that the message may be told. */
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
