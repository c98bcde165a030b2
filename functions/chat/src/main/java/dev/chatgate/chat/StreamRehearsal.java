package dev.chatgate.chat;

import dev.chatgate.streaming.LoopRehearsal;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/** Plays scenes through the streaming entry and its runtime, as events of a function URL. */
final class StreamRehearsal implements Rehearsal.Entry {
  private static final Duration LAMBDAS_OWN_LIMIT = Duration.ofMinutes(15);

  /** With less the deadline ends a call and not our own limit: the compiler is to know both. */
  private static final Duration LESS = Duration.ofMinutes(10);

  private final LoopRehearsal loop;
  private boolean less;

  StreamRehearsal() throws IOException {
    loop = new LoopRehearsal();
  }

  @Override
  public int play(ApplicationContext application, Scene scene) throws IOException {
    var now = application.getBean(InstantSource.class).instant();
    var handler = new StreamHandler(application.getBean(Gateway.class));
    less = !less;
    var deadline = now.plus(less ? LESS : LAMBDAS_OWN_LIMIT);
    return loop.play(scene.event(now), deadline, Rehearsal.TRACE, handler);
  }

  @Override
  public void close() throws IOException {
    loop.close();
  }
}
