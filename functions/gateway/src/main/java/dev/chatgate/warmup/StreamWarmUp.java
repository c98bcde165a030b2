package dev.chatgate.warmup;

import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.streaming.LoopWarmUp;
import dev.chatgate.streaming.StreamingHandler;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;

/** Plays scenes through the streaming entry and its runtime, as events of a function URL. */
public final class StreamWarmUp implements WarmUp.Entry {
  private static final Duration TIME = Duration.ofMinutes(1);

  /** With less the deadline ends a call, and not its own limit: the compiler is to know both. */
  private static final Duration LESS = Duration.ofSeconds(20);

  /** No multiple of the usual scenes' number, so that each of them meets it. */
  private static final int LESS_EVERY = 3;

  private final LoopWarmUp loop;
  private int played;

  private final Function<RequestPipeline, StreamingHandler> entry;

  /**
   * @param entry makes the entry that serves an application
   */
  public StreamWarmUp(Function<RequestPipeline, StreamingHandler> entry) throws IOException {
    this.entry = entry;
    loop = new LoopWarmUp();
  }

  @Override
  public int play(BeanContext application, WarmUpRequest scene) throws IOException {
    var now = application.getBean(InstantSource.class).instant();
    var handler = entry.apply(application.getBean(RequestPipeline.class));
    var deadline = now.plus(played++ % LESS_EVERY == 0 ? LESS : TIME);
    return loop.play(scene.event(now), deadline, WarmUp.TRACE, handler);
  }

  @Override
  public void close() throws IOException {
    loop.close();
  }
}
