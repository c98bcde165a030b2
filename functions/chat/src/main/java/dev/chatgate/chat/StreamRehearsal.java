package dev.chatgate.chat;

import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseChannel;
import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays scenes through the streaming entry, as events of a function URL. */
final class StreamRehearsal {
  private static final Duration TIME = Duration.ofMinutes(1);

  private StreamRehearsal() {}

  static int play(ApplicationContext application, Scene scene) {
    var answer = new Answer();
    var deadline = application.getBean(InstantSource.class).instant().plus(TIME);
    new StreamHandler(application.getBean(Gateway.class))
        .handle(
            scene.event(),
            new InvocationContext("rehearsal", deadline, "", Optional.empty()),
            answer);
    return answer.status;
  }

  /** Keeps the status; the way of the bytes from here, the runtime rehearses by itself. */
  private static final class Answer implements ResponseChannel {
    private int status;

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      this.status = status;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void end() {}

    @Override
    public void fail(Throwable error) {}
  }
}
