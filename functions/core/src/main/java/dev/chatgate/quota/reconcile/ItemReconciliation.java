package dev.chatgate.quota.reconcile;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.TreeSet;

/** One look of the reconciler at one item, and what follows from it. */
final class ItemReconciliation {
  /** One item that resists must not take the time of all. */
  private static final Duration MAX_SETTLEMENT = Duration.ofSeconds(5);

  private final ReconcilerParts parts;
  private final QuotaKey key;
  private final Instant giveUpAt;
  private final TreeSet<Integer> closedDays = new TreeSet<>();
  private QuotaItem item = QuotaItem.EMPTY;
  private int orphaned;
  private int applied;
  private int released;
  private int flushed;
  private boolean unfinished;

  ItemReconciliation(ReconcilerParts parts, QuotaKey key, Instant giveUpAt) {
    this.parts = parts;
    this.key = key;
    this.giveUpAt = giveUpAt;
  }

  ReconcilerRun run() {
    try {
      item = parts.table().read(key);
      parts.seen().remember(key, item);
      settleExpired();
      moveRollUps();
      tidy();
    } catch (StoreUnavailableException e) {
      unfinished = true;
    }
    return new ReconcilerRun(
        1, orphaned, applied, released, closedDays.size(), flushed, unfinished ? 1 : 0);
  }

  private void settleExpired() {
    var now = parts.clock().instant();
    item.entries()
        .forEach((id, entry) -> {
          if (!now.isBefore(entry.deadline())) {
            settle(id, entry);
          }
        });
    item = parts.seen().last(key);
  }

  private void settle(String id, ReservationEntry entry) {
    var enough = parts.clock().instant().plus(MAX_SETTLEMENT);
    var until = enough.isBefore(giveUpAt) ? enough : giveUpAt;
    parts
        .settler()
        .expire(key, id, entry, item.modelOf(entry), until)
        .ifPresentOrElse(record -> count(entry, record), () -> unfinished = true);
  }

  private void count(ReservationEntry entry, UsageRecord standing) {
    if (standing.attempt() != entry.nonce()) {
      released++;
      return;
    }
    switch (standing.kind()) {
      case RELEASED -> released++;
      case ORPHANED -> orphaned++;
      case CALL, CORRECTION, UNKNOWN -> applied++;
    }
  }

  private void moveRollUps() {
    var moves = new RollUpTransfer(item);
    moves.closed().forEach(closed -> move(moves, closed));
  }

  /**
   * A row, written once, decides what leaves the item; then it leaves. A row that stands already
   * was written by a run that stopped in between, and is taken as it stands.
   */
  private void move(RollUpTransfer moves, RollUpTransfer.Closed closed) {
    var row =
        new DayRow(
            key.tenant(),
            key.shard(),
            LocalDate.ofEpochDay(closed.epochDay()),
            closed.model(),
            closed.moved().flushed(),
            closed.tally());
    var standing = row.tally().equals(UsageTotals.ZERO) ? row : parts.rows().putIfAbsent(row);
    if (!write(moves.update(closed, standing.tally()))) {
      return;
    }
    if (standing.equals(row)) {
      closedDays.add(closed.epochDay());
    } else {
      flushed++;
    }
  }

  /** Names that nothing uses any more go; an item with nothing in flight leaves the index. */
  private void tidy() {
    boolean again = !unfinished;
    while (again && parts.clock().instant().isBefore(giveUpAt)) {
      again = new RollUpTransfer(item).tidy().map(this::write).orElse(false);
    }
  }

  /** False if the item has changed meanwhile: the next run sees to it. */
  private boolean write(ItemUpdate update) {
    return switch (parts.table().update(key, update)) {
      case Written.Done(QuotaItem after) -> {
        item = after;
        yield true;
      }
      case Written.Refused(QuotaItem before) -> {
        item = before;
        yield false;
      }
      case Written.NotDone _ -> {
        unfinished = true;
        yield false;
      }
    };
  }
}
