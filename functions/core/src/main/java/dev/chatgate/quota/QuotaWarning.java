package dev.chatgate.quota;

import dev.chatgate.quota.Refusal.Scope;
import dev.chatgate.tenant.Limit;

/**
 * The settled usage has reached a percent of a limit at which a warning is wanted. There is one for
 * each limit, window, percent and value of the limit, over all instances.
 *
 * @param scope the level of the limit
 * @param limit a limit of a day or a month
 * @param percent the percent that was reached
 * @param settled what is settled of the limit
 * @param allowed the limit's value
 */
public record QuotaWarning(Scope scope, Limit limit, int percent, long settled, long allowed) {}
