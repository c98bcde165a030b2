package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;

/**
 * What one model used on one day, moved out of the quota item: when the day was closed, or earlier
 * in parts because the item grew.
 *
 * @param tenant whose
 * @param day the UTC day
 * @param model the model's name as the tenant sent it
 * @param part 0 and up; the parts of a (day, model) add up
 * @param tally what was used
 */
public record DayRow(TenantId tenant, LocalDate day, String model, int part, Tally tally) {}
