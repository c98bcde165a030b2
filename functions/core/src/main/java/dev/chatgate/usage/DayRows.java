package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;
import java.util.List;

/** The rows of closed days in the Usage table. */
public interface DayRows {

  /**
   * Writes a row; doing it again with the same values changes nothing.
   *
   * @throws dev.chatgate.StoreUnavailableException if no answer came
   */
  void put(DayRow row);

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
