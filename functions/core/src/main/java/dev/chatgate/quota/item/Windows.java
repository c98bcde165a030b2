package dev.chatgate.quota.item;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** UTC days and months as numbers since 1970. */
public final class Windows {
  private static final int SECONDS_A_DAY = 86_400;
  private static final int MONTHS_A_YEAR = 12;
  private static final int FIRST_YEAR = 1970;

  private Windows() {}

  /** The day of an instant. */
  public static int dayOf(Instant instant) {
    return (int) Math.floorDiv(instant.getEpochSecond(), SECONDS_A_DAY);
  }

  /** The month that a day is in. */
  public static int monthOf(int epochDay) {
    var date = LocalDate.ofEpochDay(epochDay);
    return (date.getYear() - FIRST_YEAR) * MONTHS_A_YEAR + date.getMonthValue() - 1;
  }

  /** The first instant after a day. */
  public static Instant endOfDay(int epochDay) {
    return Instant.ofEpochSecond((epochDay + 1L) * SECONDS_A_DAY);
  }

  /** The first instant after the month that a day is in. */
  public static Instant endOfMonth(int epochDay) {
    return LocalDate.ofEpochDay(epochDay)
        .withDayOfMonth(1)
        .plusMonths(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }
}
