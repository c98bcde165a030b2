package dev.chatgate.usage;

import dev.chatgate.tenant.EndUserHash;
import java.time.LocalDate;

/**
 * What a record says of the end user's item, beside what it says of the tenant's. Tokens and money
 * are the same at both.
 *
 * @param endUser the end user
 * @param attempt the nonce of the entry in the end user's item, as {@link UsageRecord#attempt} is
 *     of the one in the tenant's
 * @param day the UTC day of the windows that this entry charged; around midnight it may be another
 *     one than {@link UsageRecord#day}
 * @param about the day of the windows that are moved: the same day, or that of the corrected call
 * @param bucketNanos what the end user's token bucket is charged, in bucket time of the tier's
 *     limit at admission
 */
public record EndUserShare(
    EndUserHash endUser, int attempt, LocalDate day, LocalDate about, long bucketNanos) {}
