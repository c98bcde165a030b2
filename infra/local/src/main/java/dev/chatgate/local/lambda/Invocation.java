package dev.chatgate.local.lambda;

import java.time.Instant;
import java.util.UUID;

/** One event on its way through a function. Tells its receiver at most one end. */
final class Invocation {
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

  Invocation(byte[] event, Receiver receiver) {
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

  /** Given to an instance, which has until the deadline; false if it has been given up. */
  synchronized boolean sent(Instant until) {
    deadline = until;
    return move(State.WAITING, State.SENT);
  }

  /** A response or an error begins; false if there was one already, or the time is over. */
  synchronized boolean respond() {
    return move(State.SENT, State.RESPONDING);
  }

  /** The response is complete; false if the invocation was ended by something else meanwhile. */
  synchronized boolean done() {
    return move(State.RESPONDING, State.DONE);
  }

  /** Ends it without an answer, unless it has ended; false if it had. */
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
