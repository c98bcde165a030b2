package dev.chatgate.quota.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageTotals;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Rows are added up as they come: an earlier release left hundreds of thousands a month. */
class UsageReaderTest {
  private static final LocalDate FROM = LocalDate.of(2026, 11, 1);
  private static final int DAYS = 28;
  private static final int MODELS = 10;
  private static final int PARTS = 1_440;
  private static final int ROWS = DAYS * MODELS * PARTS;
  private static final int LOOKS = 5;
  private static final long MAX_BYTES_HELD = 4L << 20;

  private static final Tenant TENANT =
      new Tenant(
          new TenantId("many-rows"),
          TenantStatus.ACTIVE,
          Quota.UNLIMITED,
          Optional.empty(),
          Map.of(),
          Optional.empty());

  /** Makes rows on the fly, and counts now and then how many of them are still referenced. */
  private static final class CountedRows implements DayRows {
    private final List<WeakReference<DayRow>> handedOver = new ArrayList<>();
    private int rows;
    private int mostKept;
    private long mostBytes;

    @Override
    public DayRow putIfAbsent(DayRow row) {
      throw new IllegalStateException("reading usage writes nothing");
    }

    @Override
    public void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader) {
      long before = bytesInUse();
      for (int day = 0; day < DAYS; day++) {
        for (int part = 0; part < PARTS; part++) {
          for (int model = 0; model < MODELS; model++) {
            handOver(reader, row(tenant, from.plusDays(day), "model-" + model, part));
          }
        }
        if (day % (DAYS / LOOKS) == 0) {
          look(before);
        }
      }
    }

    private static DayRow row(TenantId tenant, LocalDate day, String model, int part) {
      return new DayRow(tenant, 0, day, model, part, new UsageTotals(1, 10, 3, 20, 300, 0));
    }

    private void handOver(Consumer<DayRow> reader, DayRow row) {
      reader.accept(row);
      rows++;
      // A reference each would be what fills the heap.
      if (rows % 100 == 0) {
        handedOver.add(new WeakReference<>(row));
      }
    }

    private void look(long before) {
      long bytes = bytesInUse() - before;
      int kept = (int) handedOver.stream().filter(row -> row.get() != null).count();
      mostBytes = Math.max(mostBytes, bytes);
      mostKept = Math.max(mostKept, kept);
    }

    private static long bytesInUse() {
      System.gc();
      var memory = Runtime.getRuntime();
      return memory.totalMemory() - memory.freeMemory();
    }
  }

  private static <K extends Comparable<? super K>> UsageReader.Usage<K> read(
      DayRows rows, Function<DayAndModel, K> group) {
    var now = Instant.parse("2026-11-29T12:00:00Z");
    return new UsageReader(new MemoryQuotaTable(), rows, () -> now)
        .read(TENANT, FROM, FROM.plusDays(DAYS - 1), group);
  }

  @Test
  void fourHundredThousandRowsAreAddedUpAndNotKept() {
    var rows = new CountedRows();
    var byDay = read(rows, DayAndModel::day).tallies();
    assertTrue(rows.rows > 400_000, rows.rows + " rows");
    assertEquals(DAYS, byDay.size());
    assertEquals(
        new UsageTotals(
            MODELS * PARTS,
            MODELS * PARTS * 10,
            MODELS * PARTS * 3,
            MODELS * PARTS * 20,
            MODELS * PARTS * 300,
            0),
        byDay.get(FROM));
    assertEquals(0, rows.mostKept, "rows kept, of one in a hundred");
    assertTrue(rows.mostBytes < MAX_BYTES_HELD, rows.mostBytes + " bytes");
  }

  @Test
  void theSumsByModelAreTheSame() {
    var byModel = read(new CountedRows(), DayAndModel::model).tallies();
    assertEquals(MODELS, byModel.size());
    assertEquals(ROWS, byModel.values().stream().mapToLong(UsageTotals::calls).sum());
  }
}
