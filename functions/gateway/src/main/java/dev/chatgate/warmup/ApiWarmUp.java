package dev.chatgate.warmup;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonFactory;
import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.http.TraceContext;
import io.micronaut.context.BeanContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;

/** Plays scenes through the buffered entry, as events of an HTTP API. */
public final class ApiWarmUp implements WarmUp.Entry {
  private static final Logger LOG = System.getLogger(ApiWarmUp.class.getName());
  private static final JsonFactory JSON = new JsonFactory();

  /** What AWS's runtime client loads at its first invocation, and nobody before. */
  private static final List<String> OF_THE_RUNTIME =
      List.of(
          "com.amazonaws.services.lambda.runtime.api.client.api.LambdaContext",
          "com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal");

  private final BiFunction<RequestPipeline, InstantSource, RequestStreamHandler> entry;

  /**
   * @param entry makes the entry that serves an application, with the present
   */
  public ApiWarmUp(BiFunction<RequestPipeline, InstantSource, RequestStreamHandler> entry) {
    this.entry = entry;
    for (var name : OF_THE_RUNTIME) {
      try {
        var _ = Class.forName(name);
      } catch (ClassNotFoundException e) {
        LOG.log(Level.DEBUG, "left to the first call: {0}", name);
      }
    }
  }

  @Override
  public int play(BeanContext application, WarmUpRequest scene) throws IOException {
    var clock = application.getBean(InstantSource.class);
    var handler = entry.apply(application.getBean(RequestPipeline.class), clock);
    var answer = new ByteArrayOutputStream();
    // While a call goes on, and not when a new application fetches ahead, as after a restore.
    System.setProperty(TraceContext.RUNTIME_PROPERTY, WarmUp.TRACE);
    try {
      handler.handleRequest(new ByteArrayInputStream(scene.event(clock.instant())), answer, null);
    } finally {
      System.clearProperty(TraceContext.RUNTIME_PROPERTY);
    }
    return status(answer.toByteArray());
  }

  /** An answer begins with it. */
  private static int status(byte[] answer) throws IOException {
    try (var json = JSON.createParser(answer)) {
      json.nextToken();
      json.nextToken();
      return json.nextIntValue(0);
    }
  }

  @Override
  public void close() {}
}
