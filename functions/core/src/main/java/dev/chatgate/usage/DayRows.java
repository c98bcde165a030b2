package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;
import java.util.List;

/** The rows of closed days in the Usage table. */
public interface DayRows {

  /**
   * Writes a row unless one of the same tenant, day, model and part stands: a row never changes.
   *
   * @return the row that stands
   * @throws dev.chatgate.StoreUnavailableException if no answer came: the row may stand
   */
  DayRow putIfAbsent(DayRow row);

  /**
   * A tenant's rows in the order of days.
   *
   * @param tenant whose
   * @param from first day, inclusive
   * @param to last day, inclusive
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  List<DayRow> between(TenantId tenant, LocalDate from, LocalDate to);
}
