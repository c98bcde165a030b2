package dev.chatgate.reconciler;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.chatgate.quota.Reconciler;
import dev.chatgate.quota.StoreClock;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The entry of the schedule, run by AWS's own runtime client. One invocation is one run, whatever
 * the event says. What a run did is its answer and one line of the log; a run that could not even
 * begin is an error of the function, and the next one is a minute away.
 */
public final class ReconcilerHandler implements RequestStreamHandler {
  // What a request begun at the last moment may take, and the log line.
  private static final Duration LAST_WORDS = Duration.ofSeconds(8);

  private final Reconciler reconciler;
  private final StoreClock clock;
  private final RunLog log;

  /** Starts the application, before a snapshot is taken. */
  public ReconcilerHandler() {
    this(ReconcilerFactory.start());
  }

  /**
   * For tests.
   *
   * @param context a started application
   */
  ReconcilerHandler(BeanContext context) {
    this.reconciler = context.getBean(Reconciler.class);
    this.clock = context.getBean(StoreClock.class);
    this.log = context.getBean(RunLog.class);
  }

  /**
   * Runs once.
   *
   * @throws dev.chatgate.StoreUnavailableException if DynamoDB does not say what is to be looked at
   */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    var began = clock.instant();
    var remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    var run = reconciler.run(began.plus(remaining).minus(LAST_WORDS));
    var line = log.write(run, began, clock.instant());
    answer.write(line.getBytes(StandardCharsets.UTF_8));
  }
}
