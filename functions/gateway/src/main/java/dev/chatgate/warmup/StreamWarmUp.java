package dev.chatgate.warmup;

import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.streaming.LoopWarmUp;
import dev.chatgate.streaming.StreamingHandler;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * Sends warm-up requests through the streaming entry and its runtime, as events of a function URL.
 */
public final class StreamWarmUp implements WarmUp.Entry {
  private static final Duration TIME = Duration.ofMinutes(1);

  private final LoopWarmUp loop;

  private final Function<RequestPipeline, StreamingHandler> entry;

  /**
   * @param entry creates the entry for an application
   */
  public StreamWarmUp(Function<RequestPipeline, StreamingHandler> entry) throws IOException {
    this.entry = entry;
    loop = new LoopWarmUp();
  }

  @Override
  public int play(BeanContext application, WarmUpRequest request) throws IOException {
    var now = application.getBean(InstantSource.class).instant();
    var handler = entry.apply(application.getBean(RequestPipeline.class));
    return loop.invoke(request.event(now), now.plus(TIME), WarmUp.TRACE, handler);
  }

  @Override
  public void close() throws IOException {
    loop.close();
  }
}
