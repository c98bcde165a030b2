package dev.chatgate.quota;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A table that keeps every write and the state it left. {@link #verify} puts them into the item's
 * own order, though many threads wrote, and shows them to an {@link ItemOracle}.
 */
public final class CheckedTable implements QuotaTable {
  private final QuotaTable table;
  private final Map<QuotaKey, ConcurrentLinkedQueue<Step>> steps = new ConcurrentHashMap<>();
  private final Map<QuotaKey, Quota> limits = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * @param after empty if the store itself gave no answer: then it was done, or not
   */
  private record Step(ItemUpdate update, Optional<QuotaItem> after, Instant now) {

    boolean leadsOnFrom(QuotaItem item) {
      return after.isPresent() && update.holdsFor(item) && update.applyTo(item).equals(after.get());
    }
  }

  public CheckedTable(QuotaTable table) {
    this.table = table;
  }

  /** From now on no admission may pass these limits. */
  public void limit(TenantId tenant, Quota quota) {
    limits.put(QuotaKey.of(tenant), quota);
  }

  /** How many writes were tried since the last time. */
  public int callsSinceLastTime() {
    return calls.getAndSet(0);
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    return updateAt(key, update, ThreadClock.last());
  }

  /** A write that was made up earlier than it lands. */
  Written updateAt(QuotaKey key, ItemUpdate update, Instant now) {
    calls.incrementAndGet();
    try {
      var written = table.update(key, update);
      if (written instanceof Written.Done(QuotaItem after)) {
        remember(key, new Step(update, Optional.of(after), now));
      }
      return written;
    } catch (StoreUnavailableException e) {
      remember(key, new Step(update, Optional.empty(), now));
      throw e;
    }
  }

  private void remember(QuotaKey key, Step step) {
    steps.computeIfAbsent(key, _ -> new ConcurrentLinkedQueue<>()).add(step);
  }

  @Override
  public QuotaItem read(QuotaKey key) {
    return table.read(key);
  }

  @Override
  public List<QuotaKey> due() {
    return table.due();
  }

  /** Fails if any state of any item was wrong; returns the oracles of all items. */
  public Map<QuotaKey, ItemOracle> verify(UsageRecords records) {
    var oracles = new HashMap<QuotaKey, ItemOracle>();
    steps.forEach((key, written) -> oracles.put(key, verify(key, written, records)));
    return oracles;
  }

  private ItemOracle verify(QuotaKey key, Iterable<Step> written, UsageRecords records) {
    var byId = new TreeMap<String, UsageRecord>();
    records.forEach(
        key.tenant(),
        Instant.EPOCH,
        Instant.parse("2100-01-01T00:00:00Z"),
        record -> byId.put(record.key().id(), record));
    var oracle = new ItemOracle(byId);
    var left = new ArrayList<Step>();
    written.forEach(left::add);
    while (left.stream().anyMatch(step -> step.after().isPresent())) {
      var step = next(oracle.item(), left);
      var after = step.update().applyTo(oracle.item());
      oracle.step(after, step.now());
      within(key, after, step);
    }
    return oracle;
  }

  /**
   * The write that turns this state into the one it left: the next in the item's order. It is near
   * the front, unless its thread was stopped between write and answer. Where none is, one of those
   * without an answer was done.
   */
  private static Step next(QuotaItem item, List<Step> left) {
    for (var step : left) {
      if (step.leadsOnFrom(item)) {
        left.remove(step);
        return step;
      }
    }
    for (var silent : left) {
      if (silent.after().isEmpty() && silent.update().holdsFor(item)) {
        var after = silent.update().applyTo(item);
        if (left.stream().anyMatch(step -> step.leadsOnFrom(after))) {
          left.remove(silent);
          return silent;
        }
      }
    }
    throw new AssertionError(
        left.size()
            + " writes are left, and none leads on from "
            + item
            + "; first: "
            + left.getFirst());
  }

  private void within(QuotaKey key, QuotaItem after, Step step) {
    var admitted =
        step.update().actions().stream()
            .filter(ItemUpdate.Action.Put.class::isInstance)
            .flatMap(put -> after.entry(put.attribute()).stream())
            .filter(entry -> !entry.isCorrection())
            .findAny();
    Optional.ofNullable(limits.get(key))
        .ifPresent(quota ->
            admitted.ifPresent(entry -> ItemOracle.assertWithin(quota, after, entry, step.now())));
  }
}
