package dev.chatgate.quota.admit;

import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.limit.RefusalCache;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreTime;
import java.util.random.RandomGenerator;

/**
 * What admissions work with.
 *
 * @param limits what calls are held to
 * @param table the counters
 * @param seen the last states seen of items
 * @param settler settles what an admission that was given up may have left
 * @param spent remembers limits that are spent
 * @param clock the store's time
 * @param random jitter
 * @param pause waits between attempts
 * @param listener is called after the repair of a bucket
 */
record AdmissionParts(
    Limits limits,
    QuotaTable table,
    LastSeenItems seen,
    Settler settler,
    RefusalCache spent,
    StoreTime clock,
    RandomGenerator random,
    Pause pause,
    LedgerListener listener) {}
