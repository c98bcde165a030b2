package dev.chatgate.gateway.entry;

import org.jspecify.annotations.Nullable;

/**
 * The event of the daily schedule, {@code {"routeKey":"chatgate/keep-warm"}}: a version that nobody
 * calls for 14 days would answer its next caller with an error. It sits in {@code routeKey} because
 * that is where both entries can see it, and where no caller can put anything: API Gateway and
 * function URLs write it themselves.
 */
final class KeepWarm {
  static final String ROUTE_KEY = "chatgate/keep-warm";

  private KeepWarm() {}

  /** Whether an event's {@code routeKey} is that of the schedule. */
  static boolean is(@Nullable String routeKey) {
    return ROUTE_KEY.equals(routeKey);
  }
}
