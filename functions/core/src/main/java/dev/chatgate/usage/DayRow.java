package dev.chatgate.usage;

import dev.chatgate.tenant.TenantId;
import java.time.LocalDate;

/**
 * What one model used on one day, moved out of the quota item when the day was closed. An earlier
 * release also moved parts of it while the day went on.
 *
 * @param tenant the tenant
 * @param shard the number of the quota item that the day was closed in: two items that close one
 *     day write two rows
 * @param day the UTC day
 * @param model the model's name as the tenant sent it, or the one under which others are counted
 * @param part 0, or after the parts that an earlier release made; they add up
 * @param tally what was used
 */
public record DayRow(
    TenantId tenant, int shard, LocalDate day, String model, int part, UsageTotals tally) {}
