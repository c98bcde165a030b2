package dev.chatgate.quota.item;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.ItemOracle;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.ThreadClock;
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

    /** What the write itself charges the request bucket: an oracle does not know the limits. */
    long requestNanos() {
      return update.actions().stream()
          .filter(action -> action.attribute().equals(ItemNames.REQUESTS_TAT))
          .mapToLong(this::requestNanos)
          .sum();
    }

    private long requestNanos(ItemUpdate.Action action) {
      return switch (action) {
        case ItemUpdate.Action.Add add -> add.amount();
        case ItemUpdate.Action.Put(String _, Attribute.Whole(long tat)) ->
            tat - Buckets.nanosOf(now);
        default -> throw new AssertionError("no charge: " + action);
      };
    }
  }

  public CheckedTable(QuotaTable table) {
    this.table = table;
  }

  /** From now on no admission may pass these limits. */
  public void limit(TenantId tenant, Quota quota) {
    limit(QuotaKey.of(tenant), quota);
  }

  /** From now on no admission at an item may pass these limits. */
  public void limit(QuotaKey key, Quota quota) {
    limits.put(key, quota);
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
    var oracle = new ItemOracle(byId, key.endUser());
    for (var step : inTheItemsOrder(written)) {
      var after = step.update().applyTo(oracle.item());
      if (oracle.item().has(ItemNames.NEWEST_DAY) && !after.has(ItemNames.NEWEST_DAY)) {
        oracle.forget(after);
      } else {
        oracle.step(after, step.now(), step.requestNanos());
        within(key, after, step);
      }
    }
    oracle.assertRequestsWithinBound();
    return oracle;
  }

  /**
   * The writes in the order in which they were done. Each leads on from one state to another, so
   * this is a path that uses each once. Where an entry came and went and the next write forgot what
   * it left behind, the path may have missed the detour: it is put in afterwards.
   */
  private static List<Step> inTheItemsOrder(Iterable<Step> written) {
    var left = new ArrayList<Step>();
    written.forEach(left::add);
    var path = walk(QuotaItem.EMPTY, left);
    while (left.stream().anyMatch(step -> step.after().isPresent())) {
      insertADetour(path, left);
    }
    return path;
  }

  private static List<Step> walk(QuotaItem start, List<Step> left) {
    var path = new ArrayList<Step>();
    var item = start;
    for (var next = next(item, left); next.isPresent(); next = next(item, left)) {
      left.remove(next.get());
      path.add(next.get());
      item = next.get().update().applyTo(item);
    }
    return path;
  }

  private static void insertADetour(List<Step> path, List<Step> left) {
    var item = QuotaItem.EMPTY;
    for (int position = 0; position <= path.size(); position++) {
      var rest = path.subList(position, path.size());
      var detour = walk(item, left);
      while (!detour.isEmpty() && !leadsBack(item, detour, rest)) {
        left.addFirst(detour.removeLast());
      }
      if (!detour.isEmpty()) {
        path.addAll(position, detour);
        return;
      }
      item = rest.isEmpty() ? item : rest.getFirst().update().applyTo(item);
    }
    throw new AssertionError(left.size() + " writes were done out of nothing: " + left.getFirst());
  }

  /** Whether what follows leads to the same states after a detour as without it. */
  private static boolean leadsBack(QuotaItem item, List<Step> detour, List<Step> rest) {
    if (rest.isEmpty()) {
      return true;
    }
    var end = item;
    for (var step : detour) {
      end = step.update().applyTo(end);
    }
    var next = rest.getFirst().update();
    return next.holdsFor(end) && next.applyTo(end).equals(next.applyTo(item));
  }

  /**
   * A write that leads on from a state. It is near the front, unless its thread was stopped between
   * write and answer. Where none is, one of those without an answer was done.
   */
  private static Optional<Step> next(QuotaItem item, List<Step> left) {
    return left.stream()
        .filter(step -> step.leadsOnFrom(item))
        .findFirst()
        .or(() -> left.stream().filter(step -> wasDoneSilently(step, item, left)).findFirst());
  }

  private static boolean wasDoneSilently(Step step, QuotaItem item, List<Step> left) {
    if (step.after().isPresent() || !step.update().holdsFor(item)) {
      return false;
    }
    var after = step.update().applyTo(item);
    return left.stream().anyMatch(other -> other.leadsOnFrom(after));
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
