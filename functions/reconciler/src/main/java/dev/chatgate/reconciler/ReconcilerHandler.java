package dev.chatgate.reconciler;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.time.StoreClock;
import io.micronaut.context.BeanContext;
import java.time.Duration;
import java.util.Map;

/**
 * Handles the schedule's event. One invocation is one run; nothing is read from the event. The
 * counts of the run are the answer and one line of the log. If the list of due items cannot be
 * read, the invocation fails, and the next one, a minute later, does the work.
 */
public final class ReconcilerHandler
    implements RequestHandler<ScheduledEvent, Map<String, Integer>> {
  /**
   * Part of the invocation's time that is reserved for a store request in progress and the log
   * line.
   */
  private static final Duration RESERVED_TIME = Duration.ofSeconds(8);

  private final Reconciler reconciler;
  private final StoreClock clock;
  private final ReconcilerLog log;

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
    this.log = context.getBean(ReconcilerLog.class);
  }

  /**
   * Runs the reconciler once.
   *
   * @param event the scheduled event; not read
   * @return the counts of the run, named as in the log line
   * @throws dev.chatgate.StoreUnavailableException if the list of due items cannot be read
   */
  @Override
  public Map<String, Integer> handleRequest(ScheduledEvent event, Context context) {
    var began = clock.instant();
    var remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    var run = reconciler.run(began.plus(remaining).minus(RESERVED_TIME));
    log.write(run, began, clock.instant());
    return ReconcilerLog.counts(run);
  }
}
