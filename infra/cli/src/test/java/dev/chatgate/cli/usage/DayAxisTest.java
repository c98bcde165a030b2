package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.usage.DayAxis.Label;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The labels below a chart. */
class DayAxisTest {
  private static List<LocalDate> days(String from, int number) {
    var first = LocalDate.parse(from);
    return first.datesUntil(first.plusDays(number)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-08, 1, 'Nov 8 2026'",
    "2026-11-01, 4, 'Nov 1 2026, Nov 2, Nov 3, Nov 4'",
    "2026-11-01, 9, 'Nov 1 2026, Nov 3, Nov 5, Nov 7, Nov 9'",
    "2026-11-01, 29, 'Nov 1 2026, Nov 8, Nov 15, Nov 22, Nov 29'",
    "2026-12-20, 28, 'Dec 20 2026, Dec 27, Jan 3 2027, Jan 10'",
    "2026-10-01, 61, 'Oct 1 2026, Oct 15, Oct 29, Nov 12, Nov 26'",
  })
  void theYearIsNamedOnce(String from, int number, String labels) {
    assertEquals(
        labels,
        DayAxis.labels(days(from, number)).stream()
            .map(label -> (label.day() + " " + label.year()).strip())
            .collect(Collectors.joining(", ")));
  }

  @Test
  void anyPeriodHasOneToFiveLabelsAtEqualDistances() {
    for (int number = 1; number < 1_500; number++) {
      var labels = DayAxis.labels(days("2024-01-15", number));
      assertTrue(labels.size() >= 1 && labels.size() <= 5, "days: " + number);
      var indexes = labels.stream().map(Label::index).toList();
      var distances = new HashSet<Integer>();
      for (int i = 1; i < indexes.size(); i++) {
        distances.add(indexes.get(i) - indexes.get(i - 1));
      }
      assertTrue(distances.size() <= 1, "days: " + number);
      assertEquals(Set.of(0), Set.of(indexes.getFirst()));
    }
  }
}
