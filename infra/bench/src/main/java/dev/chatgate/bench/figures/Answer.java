package dev.chatgate.bench.figures;

import java.util.Map;

/**
 * One invocation, seen from the Runtime API. Times are {@link System#nanoTime}'s.
 *
 * @param handedOutAt when the event was given out
 * @param lastByteAt when its last byte had come
 * @param events when each numbered event had come
 * @param ok whether the gateway answered 200
 */
record Answer(long handedOutAt, long lastByteAt, Map<Long, Long> events, boolean ok) {
  long nanos() {
    return lastByteAt - handedOutAt;
  }
}
