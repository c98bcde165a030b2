package dev.chatgate.quota.audit;

import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Holds a tenant's counters against its records, while calls go on: nothing is held past its time,
 * every call has its one record, and the sums of the records are the counters. It only reads.
 */
public final class Audit {
  /**
   * Between two looks. Long enough that an answer of the store that was out of date, or a moment
   * that the looks do not foresee, is not seen twice.
   */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final QuotaTable table;
  private final UsageRecords records;
  private final DayRows rows;
  private final InstantSource clock;
  private final Pause pause;
  private final Duration recordsKeptFor;
  private final Duration overdueAfter;

  /**
   * @param table the quota items
   * @param records the decisions
   * @param rows the closed days
   * @param clock the store's time, see {@link StoreClock}
   * @param pause waits between the two looks
   * @param recordsKeptFor how long records stand: days before that are not looked at
   * @param overdueAfter how long after its deadline an entry may still be there: two runs of the
   *     reconciler
   */
  public Audit(
      QuotaTable table,
      UsageRecords records,
      DayRows rows,
      InstantSource clock,
      Pause pause,
      Duration recordsKeptFor,
      Duration overdueAfter) {
    this.table = table;
    this.records = records;
    this.rows = rows;
    this.clock = clock;
    this.pause = pause;
    this.recordsKeptFor = recordsKeptFor;
    this.overdueAfter = overdueAfter;
  }

  /**
   * Looks at a tenant, and again if something seems to differ. What differs both times does.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public List<AuditDifference> differences(TenantId tenant) {
    return inBothLooks(() -> look(tenant));
  }

  /**
   * Looks at the items of a tenant's end users: of all who are named by a record that still stands,
   * or by a call in flight. What an end user's windows have is the sum of the records, without
   * calls that began before the end user was forgotten.
   *
   * @return among others those of {@link AuditDifference.Kind#LEFT_AT_END_USER}, which are no fault
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public List<AuditDifference> endUserDifferences(TenantId tenant) {
    return inBothLooks(() -> lookAtEndUsers(tenant));
  }

  private List<AuditDifference> inBothLooks(Supplier<List<AuditDifference>> look) {
    var first = look.get();
    if (first.isEmpty()) {
      return first;
    }
    pause.pause(BETWEEN_LOOKS);
    var seenBefore = new HashSet<AuditDifference.Subject>();
    first.forEach(difference -> seenBefore.add(difference.identity()));
    return look.get().stream()
        .filter(difference -> seenBefore.contains(difference.identity()))
        .toList();
  }

  private List<AuditDifference> look(TenantId tenant) {
    var now = clock.instant();
    var item = QuotaKey.of(tenant);
    var look = new AuditSnapshot(item, table.read(item), now, recordsKeptFor);
    records.forEach(tenant, look.from(), look.until(), look::record);
    rows.forEach(tenant, look.firstDay(), look.lastDay(), look::row);
    look.end(table.read(item));
    return look.differences(overdueAfter);
  }

  /** The records are read twice: only they say which end users there are. */
  private List<AuditDifference> lookAtEndUsers(TenantId tenant) {
    var now = clock.instant();
    var tenantKey = QuotaKey.of(tenant);
    var whole = new AuditSnapshot(tenantKey, table.read(tenantKey), now, recordsKeptFor);
    var looks = new TreeMap<String, AuditSnapshot>();
    Consumer<EndUserHash> begin =
        hash -> looks.computeIfAbsent(hash.toString(), _ -> begin(tenantKey.ofEndUser(hash), now));
    for (var entry : table.read(tenantKey).entries().values()) {
      entry.endUser().ifPresent(named -> begin.accept(named.hash()));
    }
    records.forEach(
        tenant,
        whole.from(),
        whole.until(),
        record -> record.endUser().map(EndUserShare::endUser).ifPresent(begin));
    records.forEach(
        tenant,
        whole.from(),
        whole.until(),
        record ->
            record
                .endUser()
                .flatMap(share -> Optional.ofNullable(looks.get(share.endUser().toString())))
                .ifPresent(look -> look.record(record)));
    looks.forEach(
        (hash, look) -> look.end(table.read(tenantKey.ofEndUser(EndUserHash.parse(hash)))));
    var tenantItem = table.read(tenantKey);
    return looks.values().stream()
        .flatMap(look -> look.differencesAtEndUser(tenantItem, overdueAfter).stream())
        .toList();
  }

  private AuditSnapshot begin(QuotaKey endUser, Instant now) {
    return new AuditSnapshot(endUser, table.read(endUser), now, recordsKeptFor);
  }
}
