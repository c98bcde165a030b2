package dev.chatgate.quota.item;

import dev.chatgate.time.StoreClock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

/** A table with answers that carry a date, which is shown to a clock. */
public final class DatedTable implements QuotaTable {
  private final QuotaTable table;
  private final StoreClock clock;
  private final InstantSource dates;

  /**
   * @param table where the writes go
   * @param clock gets the date of every answer
   * @param dates asked once for each
   */
  public DatedTable(QuotaTable table, StoreClock clock, InstantSource dates) {
    this.table = table;
    this.clock = clock;
    this.dates = dates;
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    return dated(() -> table.update(key, update));
  }

  @Override
  public QuotaItem read(QuotaKey key) {
    return dated(() -> table.read(key));
  }

  @Override
  public List<QuotaKey> due() {
    return dated(table::due);
  }

  private <T> T dated(Supplier<T> call) {
    Instant sentAt = clock.sending();
    var answer = call.get();
    clock.observe(sentAt, dates.instant().truncatedTo(ChronoUnit.SECONDS));
    return answer;
  }
}
