package dev.chatgate.quota;

import dev.chatgate.tenant.Limit;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a tenant stands in one limit.
 *
 * @param limit the limit
 * @param allowed its value; money in micro-dollars
 * @param settled of it; 0 for concurrency
 * @param inFlight of it
 * @param remaining what would be granted now, 0 and up
 * @param resetsAt when all of it is there again if nothing more happens; absent if it is, or if
 *     calls in flight must end
 */
public record LimitState(
    Limit limit,
    long allowed,
    long settled,
    long inFlight,
    long remaining,
    Optional<Instant> resetsAt) {}
