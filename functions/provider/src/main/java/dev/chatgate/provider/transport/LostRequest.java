package dev.chatgate.provider.transport;

import java.util.Optional;

/**
 * What is known of a request that got no beginning of an answer.
 *
 * @param mayBeReceived whether the provider may have the whole request, and so have worked on it
 * @param connected whether there was a connection
 * @param reused whether that connection had carried another exchange before
 * @param passed the time limit that ended the exchange
 */
public record LostRequest(
    boolean mayBeReceived, boolean connected, boolean reused, Optional<TimeLimit> passed) {

  /** What follows for the call. */
  public enum Next {
    /** On another connection. */
    SEND_AGAIN_AT_ONCE,
    SEND_AGAIN_AFTER_A_PAUSE,
    FAIL,
    /** It may have been worked on, and be paid for. */
    FAIL_AND_CHARGE
  }

  /** Only what the provider cannot have worked on is sent again, and only while there is time. */
  public Next next() {
    if (mayBeReceived) {
      return Next.FAIL_AND_CHARGE;
    }
    if (passed.isPresent() && (connected || passed.get() == TimeLimit.TOTAL)) {
      return Next.FAIL;
    }
    return reused ? Next.SEND_AGAIN_AT_ONCE : Next.SEND_AGAIN_AFTER_A_PAUSE;
  }
}
