package dev.chatgate.cli.key;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** When a key expires: an option's value. */
sealed interface Expiry {
  /** The instant of expiry, if the key is created now. */
  Instant from(Instant now);

  /**
   * A fixed instant.
   *
   * @param instant the instant
   */
  record At(Instant instant) implements Expiry {
    @Override
    public Instant from(Instant now) {
      return instant;
    }
  }

  /**
   * A time after creation.
   *
   * @param duration the time until expiry
   */
  record After(Duration duration) implements Expiry {
    @Override
    public Instant from(Instant now) {
      return now.plus(duration);
    }
  }

  /** Parses a UTC date, an RFC 3339 time in UTC, or a number of days or hours. */
  final class Converter implements ITypeConverter<Expiry> {
    private static final Pattern DAYS_OR_HOURS = Pattern.compile("([1-9][0-9]{0,4})([dh])");

    @Override
    public Expiry convert(String text) {
      var time = DAYS_OR_HOURS.matcher(text);
      if (time.matches()) {
        long number = Long.parseLong(time.group(1));
        return new After(
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
                + "' is not an expiry (expected 2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h)");
      }
    }
  }
}
