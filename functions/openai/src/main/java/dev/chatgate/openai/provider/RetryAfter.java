package dev.chatgate.openai.provider;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The wait that a provider asks for: {@code retry-after-ms}, or {@code Retry-After} in seconds or
 * as a date (RFC 9110, section 10.2.3).
 */
final class RetryAfter {
  /** A day: no provider means more. */
  private static final double LONGEST_MILLIS = 86_400_000;

  private RetryAfter() {}

  /**
   * The wait from now, 0 to a day; empty if none was asked for in a form that is known.
   *
   * @param millis the value of {@code retry-after-ms}
   * @param header the value of {@code Retry-After}
   */
  static Optional<Duration> read(Optional<String> millis, Optional<String> header, Instant now) {
    return millis
        .flatMap(value -> number(value, 1))
        .or(() -> header.flatMap(value -> number(value, 1000)))
        .or(() -> header.flatMap(value -> date(value, now)));
  }

  private static Optional<Duration> number(String value, long unitMillis) {
    try {
      double number = Double.parseDouble(value.strip());
      return Double.isFinite(number) ? Optional.of(bounded(number * unitMillis)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Duration bounded(double millis) {
    return Duration.ofMillis((long) Math.ceil(Math.max(0, Math.min(millis, LONGEST_MILLIS))));
  }

  private static Optional<Duration> date(String value, Instant now) {
    try {
      var date = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(bounded((double) Duration.between(now, date.toInstant()).toMillis()));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
