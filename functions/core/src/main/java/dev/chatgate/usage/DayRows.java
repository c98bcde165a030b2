package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;
import java.util.function.Consumer;

/** The rows of closed days in the Usage table. */
public interface DayRows {

  /**
   * Writes a row unless one of the same tenant, shard, day, model and part stands: a row never
   * changes.
   *
   * @return the row that stands
   * @throws dev.chatgate.StoreUnavailableException if no answer came: the row may stand
   */
  DayRow putIfAbsent(DayRow row);

  /**
   * Reads a tenant's rows in the order of days. Each is handed over as it is read, and not kept:
   * there may be hundreds of thousands.
   *
   * @param tenant the tenant
   * @param from first day, inclusive
   * @param to last day, inclusive
   * @param reader takes them, one by one
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer; some rows may have
   *     been handed over
   */
  void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader);
}
