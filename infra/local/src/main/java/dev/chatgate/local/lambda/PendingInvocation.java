package dev.chatgate.local.lambda;

import java.time.Instant;
import java.util.UUID;

/** One invocation from the queue to its end. Its receiver gets at most one end. */
final class PendingInvocation {
  private final String id = UUID.randomUUID().toString();
  private final byte[] event;
  private final Receiver receiver;
  private State state = State.WAITING;
  private Instant deadline = Instant.MAX;

  private enum State {
    WAITING,
    SENT,
    RESPONDING,
    DONE
  }

  PendingInvocation(byte[] event, Receiver receiver) {
    this.event = event;
    this.receiver = receiver;
  }

  String id() {
    return id;
  }

  byte[] event() {
    return event;
  }

  Receiver receiver() {
    return receiver;
  }

  synchronized Instant deadline() {
    return deadline;
  }

  /** Marks it as given to an instance, with its deadline; false if it has failed already. */
  synchronized boolean sent(Instant until) {
    deadline = until;
    return move(State.WAITING, State.SENT);
  }

  /** Marks the begin of a response or an error; false if there was one, or it has failed. */
  synchronized boolean respond() {
    return move(State.SENT, State.RESPONDING);
  }

  /** Marks the response as complete; false if the invocation has failed meanwhile. */
  synchronized boolean done() {
    return move(State.RESPONDING, State.DONE);
  }

  /** Ends it with a failure; false if it has ended already. */
  boolean fail(Failure why) {
    synchronized (this) {
      if (state == State.DONE) {
        return false;
      }
      state = State.DONE;
    }
    receiver.failed(why);
    return true;
  }

  private boolean move(State from, State to) {
    boolean allowed = state == from;
    if (allowed) {
      state = to;
    }
    return allowed;
  }
}
