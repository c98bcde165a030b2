package dev.chatgate.streaming;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Fetches one invocation after the other and calls the handler for each. */
final class InvocationLoop {

  /** Attempts to fetch the next invocation after a broken answer; with the pauses, 5 s in all. */
  private static final int MAX_ATTEMPTS = 100;

  private static final long PAUSE_NANOS = 50_000_000L;

  private final RuntimeApi api;
  private final StreamingHandler handler;
  private final boolean onlyLoop;
  private final TraceId traceId;
  private boolean lastAnswerLost;

  /**
   * @param onlyLoop whether this is the process's only loop. If so, the trace header is set as a
   *     system property, and a {@link VirtualMachineError} ends the loop
   */
  InvocationLoop(RuntimeApi api, StreamingHandler handler, boolean onlyLoop) {
    this.api = api;
    this.handler = handler;
    this.onlyLoop = onlyLoop;
    this.traceId = onlyLoop ? new TraceId.OfProcess() : new TraceId.OfThread();
  }

  /**
   * Runs until the Runtime API fails or, in the only loop, the handler throws a {@link
   * VirtualMachineError}.
   *
   * @throws IOException if no further invocation can be fetched
   * @throws VirtualMachineError thrown by the handler of the only loop, after it was reported
   */
  void run() throws IOException {
    while (true) {
      serve();
    }
  }

  /** Handles one invocation, from fetching it to the confirmation of its answer. */
  void serve() throws IOException {
    Invocation invocation = next();
    traceId.set(invocation.context().traceId());
    ResponseStream response = new ResponseStream(api, invocation.context().requestId());
    Throwable thrown = call(invocation, response);
    traceId.set(Optional.empty());
    response.complete(thrown);
    lastAnswerLost = response.wasLost();
    if (onlyLoop && thrown instanceof VirtualMachineError broken) {
      throw broken;
    }
  }

  /**
   * After a broken answer, Lambda may not have noticed yet that the connection is gone. Until it
   * has, it answers {@code next} with a 403, so that the request is repeated.
   */
  private Invocation next() throws IOException {
    for (int attempt = 1; true; attempt++) {
      try {
        return api.next();
      } catch (RuntimeApiException e) {
        if (!lastAnswerLost || !e.wrongState() || attempt == MAX_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  private @Nullable Throwable call(Invocation invocation, ResponseStream response) {
    try {
      handler.handle(invocation.request(), invocation.context(), response);
      return null;
    } catch (Throwable t) {
      return t;
    } finally {
      // Clear an interrupt flag left by the handler: it would close the next socket of a virtual
      // thread.
      boolean ignored = Thread.interrupted();
    }
  }
}
