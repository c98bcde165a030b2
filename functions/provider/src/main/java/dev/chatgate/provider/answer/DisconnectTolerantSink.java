package dev.chatgate.provider.answer;

import dev.chatgate.provider.AnswerSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A sink whose tenant may disconnect: from then on everything is dropped. The provider's answer is
 * still read, because its usage is at its end.
 */
public final class DisconnectTolerantSink {
  private final AnswerSink sink;
  private boolean gone;

  public DisconnectTolerantSink(AnswerSink sink) {
    this.sink = sink;
  }

  void head(String contentType) {
    attempt(() -> sink.head(200, headers(contentType)));
  }

  private static Map<String, String> headers(String contentType) {
    return contentType.startsWith("text/event-stream")
        ? Map.of("content-type", contentType, "cache-control", "no-cache")
        : Map.of("content-type", contentType);
  }

  void write(byte[] bytes, int offset, int length) {
    if (length > 0) {
      attempt(() -> sink.write(bytes, offset, length));
    }
  }

  void end() {
    attempt(sink::end);
  }

  private void attempt(Step step) {
    if (gone) {
      return;
    }
    try {
      step.run();
    } catch (IOException | UncheckedIOException e) {
      gone = true;
    }
  }

  private interface Step {
    void run() throws IOException;
  }
}
