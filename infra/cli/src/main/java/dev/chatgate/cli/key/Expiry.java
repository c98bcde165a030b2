package dev.chatgate.cli.key;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** When a key ends, as a line says it. */
sealed interface Expiry {
  /** The moment. */
  Instant from(Instant now);

  /**
   * At a moment.
   *
   * @param instant it
   */
  record At(Instant instant) implements Expiry {
    @Override
    public Instant from(Instant now) {
      return instant;
    }
  }

  /**
   * After a time.
   *
   * @param duration how long from now
   */
  record In(Duration duration) implements Expiry {
    @Override
    public Instant from(Instant now) {
      return now.plus(duration);
    }
  }

  /** Reads a UTC date, an RFC 3339 time in UTC, or a time from now. */
  final class Converter implements ITypeConverter<Expiry> {
    private static final Pattern DAYS_OR_HOURS = Pattern.compile("([1-9][0-9]{0,4})([dh])");

    @Override
    public Expiry convert(String text) {
      var time = DAYS_OR_HOURS.matcher(text);
      if (time.matches()) {
        long number = Long.parseLong(time.group(1));
        return new In(
            time.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number));
      }
      try {
        return new At(
            text.contains("T")
                ? Instant.parse(text)
                : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'"
                + text
                + "' is no date like 2027-01-31, time like 2027-01-31T12:00:00Z, or 90d, 12h");
      }
    }
  }
}
