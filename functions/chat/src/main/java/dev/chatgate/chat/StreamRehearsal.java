package dev.chatgate.chat;

import dev.chatgate.streaming.LoopRehearsal;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.time.InstantSource;

/** Plays scenes through the streaming entry and its runtime, as events of a function URL. */
final class StreamRehearsal implements Rehearsal.Entry {
  private final LoopRehearsal loop;

  StreamRehearsal() throws IOException {
    loop = new LoopRehearsal(InstantSource.system());
  }

  @Override
  public int play(ApplicationContext application, Scene scene) throws IOException {
    return loop.play(scene.event(), new StreamHandler(application.getBean(Gateway.class)));
  }

  @Override
  public void close() throws IOException {
    loop.close();
  }
}
