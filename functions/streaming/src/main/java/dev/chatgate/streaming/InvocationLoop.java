package dev.chatgate.streaming;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks for an invocation, has it answered, and asks for the next. */
final class InvocationLoop {

  /** How often the next invocation is asked for after an answer that broke: for 5 s. */
  private static final int MAX_QUESTIONS = 100;

  private static final long PAUSE_NANOS = 50_000_000L;

  private final RuntimeApi api;
  private final StreamingHandler handler;
  private final boolean alone;
  private final TraceId traceId;
  private boolean lastAnswerLost;

  /**
   * @param alone whether this is the process's only loop: then the trace header may be a property
   *     of the process, and the process may end with a broken virtual machine
   */
  InvocationLoop(RuntimeApi api, StreamingHandler handler, boolean alone) {
    this.api = api;
    this.handler = handler;
    this.alone = alone;
    this.traceId = alone ? new TraceId.OfProcess() : new TraceId.OfThread();
  }

  /**
   * Runs until the Runtime API is gone or the virtual machine is not to be trusted any more.
   *
   * @throws IOException if no further invocation can be had
   * @throws VirtualMachineError out of the handler of a lone loop, after it was reported
   */
  void run() throws IOException {
    while (true) {
      serve();
    }
  }

  /** One invocation, from question to confirmation. */
  void serve() throws IOException {
    Invocation invocation = next();
    traceId.set(invocation.context().traceId());
    ResponseStream response = new ResponseStream(api, invocation.context().requestId());
    Throwable thrown = call(invocation, response);
    traceId.set(Optional.empty());
    response.complete(thrown);
    lastAnswerLost = response.wasLost();
    if (alone && thrown instanceof VirtualMachineError broken) {
      throw broken;
    }
  }

  /**
   * The other side learns of a broken connection by itself, and perhaps not before the next
   * question comes: until then that is out of turn.
   */
  private Invocation next() throws IOException {
    for (int asked = 1; true; asked++) {
      try {
        return api.next();
      } catch (RuntimeApiException e) {
        if (!lastAnswerLost || !e.outOfTurn() || asked == MAX_QUESTIONS) {
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
      // A flag that the handler left set would close the next socket of a virtual thread.
      boolean ignored = Thread.interrupted();
    }
  }
}
