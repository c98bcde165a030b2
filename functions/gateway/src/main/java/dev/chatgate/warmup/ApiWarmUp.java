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

/** Sends warm-up requests through the buffered entry, as events of an HTTP API. */
public final class ApiWarmUp implements WarmUp.Entry {
  private static final Logger LOG = System.getLogger(ApiWarmUp.class.getName());
  private static final JsonFactory JSON = new JsonFactory();

  /** Classes that AWS's runtime client loads only at its first invocation. */
  private static final List<String> RUNTIME_CLASSES =
      List.of(
          "com.amazonaws.services.lambda.runtime.api.client.api.LambdaContext",
          "com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal");

  private final BiFunction<RequestPipeline, InstantSource, RequestStreamHandler> entry;

  /**
   * @param entry creates the entry for an application and a clock
   */
  public ApiWarmUp(BiFunction<RequestPipeline, InstantSource, RequestStreamHandler> entry) {
    this.entry = entry;
    for (var name : RUNTIME_CLASSES) {
      try {
        var _ = Class.forName(name);
      } catch (ClassNotFoundException e) {
        LOG.log(Level.DEBUG, "class not found, not preloaded: {0}", name);
      }
    }
  }

  @Override
  public int play(BeanContext application, WarmUpRequest request) throws IOException {
    var clock = application.getBean(InstantSource.class);
    var handler = entry.apply(application.getBean(RequestPipeline.class), clock);
    var answer = new ByteArrayOutputStream();
    // Set during a call only: as after a restore, it is not set while an application prefetches.
    System.setProperty(TraceContext.RUNTIME_PROPERTY, WarmUp.TRACE);
    try {
      handler.handleRequest(new ByteArrayInputStream(request.event(clock.instant())), answer, null);
    } finally {
      System.clearProperty(TraceContext.RUNTIME_PROPERTY);
    }
    return status(answer.toByteArray());
  }

  /** Reads the status, which is the answer's first member. */
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
