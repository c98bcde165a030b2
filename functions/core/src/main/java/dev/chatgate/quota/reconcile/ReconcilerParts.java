package dev.chatgate.quota.reconcile;

import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.usage.DayRows;
import java.time.InstantSource;

/**
 * What the reconciliation of an item works with.
 *
 * @param table the quota items
 * @param rows the closed days
 * @param settler settles expired reservations
 * @param seen the last states seen of items, shared with the settler
 * @param clock the store's time
 */
record ReconcilerParts(
    QuotaTable table, DayRows rows, Settler settler, LastSeenItems seen, InstantSource clock) {}
