package dev.chatgate.gateway.entry;

import org.jspecify.annotations.Nullable;

/**
 * The event of the daily schedule, {@code {"routeKey":"chatgate/keep-warm"}}: Without it, a version
 * that is not called for 14 days becomes inactive and answers the next call with an error. The
 * event is recognised by {@code routeKey}, because API Gateway and function URLs set that field
 * themselves, so that no caller can forge it.
 */
final class KeepWarm {
  static final String ROUTE_KEY = "chatgate/keep-warm";

  private KeepWarm() {}

  /** Whether a {@code routeKey} is that of the keep-warm event. */
  static boolean is(@Nullable String routeKey) {
    return ROUTE_KEY.equals(routeKey);
  }
}
