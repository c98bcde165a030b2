package dev.chatgate.streaming;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks for an invocation, has it answered, and asks for the next. */
final class InvocationLoop {

  private final RuntimeApi api;
  private final StreamingHandler handler;
  private final boolean alone;
  private final TraceId traceId;

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
    Invocation invocation = api.next();
    traceId.set(invocation.context().traceId());
    ResponseStream response = new ResponseStream(api, invocation.context().requestId());
    Throwable thrown = call(invocation, response);
    traceId.set(Optional.empty());
    response.complete(thrown);
    if (alone && thrown instanceof VirtualMachineError broken) {
      throw broken;
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
