package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Rows of closed days in memory. */
public final class MemoryDayRows implements DayRows {
  private final Map<DayRow, DayRow> rows = new LinkedHashMap<>();

  @Override
  public synchronized DayRow putIfAbsent(DayRow row) {
    var standing = rows.putIfAbsent(identity(row), row);
    return standing == null ? row : standing;
  }

  private static DayRow identity(DayRow row) {
    return new DayRow(
        row.tenant(), row.shard(), row.day(), row.model(), row.part(), UsageTotals.ZERO);
  }

  @Override
  public void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader) {
    between(tenant, from, to).forEach(reader);
  }

  /** All of them at once. */
  private synchronized List<DayRow> between(TenantId tenant, LocalDate from, LocalDate to) {
    return rows.values().stream()
        .filter(row -> row.tenant().equals(tenant))
        .filter(row -> !row.day().isBefore(from) && !row.day().isAfter(to))
        .sorted(Comparator.comparing(DayRow::day))
        .toList();
  }
}
