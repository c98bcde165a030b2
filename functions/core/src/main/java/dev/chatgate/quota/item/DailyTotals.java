package dev.chatgate.quota.item;

import dev.chatgate.quota.item.ItemNames.Counter;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.usage.UsageTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a quota item counts of one model on one day.
 *
 * @param epochDay the UTC day
 * @param modelCode the model's number in the item
 * @param model the model's name
 * @param flushed how many parts of it an earlier release made rows of the Usage table
 * @param tally the rest
 */
public record DailyTotals(
    int epochDay, int modelCode, String model, int flushed, UsageTotals tally) {

  /** The roll-ups of an item, by day and code. */
  static List<DailyTotals> of(QuotaItem item) {
    var days = new TreeSet<RollUpName>(RollUpName.BY_DAY_AND_MODEL);
    item.attributes().keySet().stream()
        .flatMap(name -> RollUpName.parse(name).stream())
        .forEach(days::add);
    var models = item.models();
    var rollUps = new ArrayList<DailyTotals>();
    for (var day : days) {
      int code = day.modelCode();
      rollUps.add(
          new DailyTotals(
              day.epochDay(),
              code,
              models.getOrDefault(code, "unknown model " + code),
              (int) count(item, Counter.FLUSHED, day),
              tally(item, day)));
    }
    return rollUps;
  }

  private static UsageTotals tally(QuotaItem item, RollUpName day) {
    return new UsageTotals(
        count(item, Counter.CALLS, day),
        count(item, Counter.PROMPT, day),
        count(item, Counter.CACHED, day),
        count(item, Counter.COMPLETION, day),
        count(item, Counter.MICRO_USD, day),
        count(item, Counter.ESTIMATED, day));
  }

  private static long count(QuotaItem item, Counter counter, RollUpName day) {
    return item.number(new RollUpName(counter, day.epochDay(), day.modelCode()).toString());
  }
}
