package dev.chatgate.cli.usage;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The labels of a chart's days: a few at equal distances, the year with the first day of each. */
final class DayAxis {
  private static final int MAX_LABELS = 5;
  private static final int[] DISTANCES = {1, 2, 7, 14, 28};
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMM d", Locale.ENGLISH);

  private DayAxis() {}

  /**
   * A label.
   *
   * @param index the day's index
   * @param day the day, like {@code Nov 8}
   * @param year the year; empty if it is that of the label before
   */
  record Label(int index, String day, String year) {}

  /** The labels of some days that follow each other. */
  static List<Label> labels(List<LocalDate> days) {
    int distance = distance(days.size());
    var labels = new ArrayList<Label>();
    int year = 0;
    for (int i = 0; i < days.size(); i += distance) {
      var day = days.get(i);
      labels.add(
          new Label(i, name(day), day.getYear() == year ? "" : Integer.toString(day.getYear())));
      year = day.getYear();
    }
    return labels;
  }

  /** A day without its year, like {@code Nov 8}. */
  static String name(LocalDate day) {
    return DAY.format(day);
  }

  private static int distance(int days) {
    for (int distance : DISTANCES) {
      if (Math.ceilDiv(days, distance) <= MAX_LABELS) {
        return distance;
      }
    }
    int distance = DISTANCES[DISTANCES.length - 1];
    while (Math.ceilDiv(days, distance) > MAX_LABELS) {
      distance *= 2;
    }
    return distance;
  }
}
