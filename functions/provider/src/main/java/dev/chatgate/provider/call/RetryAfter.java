package dev.chatgate.provider.call;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The wait that a provider asks for: {@code retry-after-ms}, or {@code Retry-After} in seconds or
 * as a date (RFC 9110, section 10.2.3). Some send the instant instead, as seconds or milliseconds
 * since 1970 or in ISO 8601.
 */
final class RetryAfter {
  /** A day: no provider means more. */
  private static final double MAX_MILLIS = 86_400_000;

  /** From here on a number is an instant, in seconds: as a wait it would be decades. */
  private static final double MIN_EPOCH_SECONDS = 1.5e9;

  /** From here on it is one in milliseconds. */
  private static final double MIN_EPOCH_MILLIS = 1e11;

  private RetryAfter() {}

  /**
   * The wait from now, 0 to a day; empty if none was asked for in a form that is known.
   *
   * @param millis the value of {@code retry-after-ms}
   * @param header the value of {@code Retry-After}
   */
  static Optional<Duration> read(Optional<String> millis, Optional<String> header, Instant now) {
    return millis
        .flatMap(value -> number(value, 1, now))
        .or(() -> header.flatMap(value -> number(value, 1000, now)))
        .or(() -> header.flatMap(value -> date(value, now)));
  }

  private static Optional<Duration> number(String value, long unitMillis, Instant now) {
    try {
      double number = Double.parseDouble(value.strip());
      return Double.isFinite(number)
          ? Optional.of(bounded(millis(number, unitMillis, now)))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static double millis(double number, long unitMillis, Instant now) {
    if (number < MIN_EPOCH_SECONDS) {
      return number * unitMillis;
    }
    return (number < MIN_EPOCH_MILLIS ? number * 1000 : number) - now.toEpochMilli();
  }

  private static Duration bounded(double millis) {
    return Duration.ofMillis((long) Math.ceil(Math.max(0, Math.min(millis, MAX_MILLIS))));
  }

  private static Optional<Duration> date(String value, Instant now) {
    var text = value.strip();
    var format =
        text.indexOf(',') < 0
            ? DateTimeFormatter.ISO_DATE_TIME
            : DateTimeFormatter.RFC_1123_DATE_TIME;
    try {
      var date = ZonedDateTime.parse(text, format);
      return Optional.of(bounded((double) Duration.between(now, date.toInstant()).toMillis()));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
