package dev.chatgate.quota.report;

import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Tells what a tenant used and where it stands. Days that are not closed are in the quota item, the
 * others in rows. The item is read first: a day that is closed between the two reads is then found
 * twice rather than not at all, and the item's wins.
 */
public final class UsageReader {
  private final Limits limits;
  private final QuotaTable table;
  private final DayRows rows;
  private final InstantSource clock;

  /**
   * @param table the quota items
   * @param rows the closed days
   * @param clock the store's time, see {@link StoreClock}
   */
  public UsageReader(QuotaTable table, DayRows rows, InstantSource clock) {
    this(Limits.ALL, table, rows, clock);
  }

  /**
   * A reader that shows other limits than {@link Limits#ALL}.
   *
   * @param limits what calls are held to
   */
  public UsageReader(Limits limits, QuotaTable table, DayRows rows, InstantSource clock) {
    this.limits = limits;
    this.table = table;
    this.rows = rows;
    this.clock = clock;
  }

  /**
   * One day's use of one model.
   *
   * @param day the UTC day
   * @param model the name that the tenant sent, or the one under which others are counted
   */
  public record DayAndModel(LocalDate day, String model) implements Comparable<DayAndModel> {
    @Override
    public int compareTo(DayAndModel other) {
      int byDay = day.compareTo(other.day);
      return byDay != 0 ? byDay : model.compareTo(other.model);
    }
  }

  /**
   * What was used, and what is left.
   *
   * @param <K> what the sums are by
   * @param tallies the sums; none of them is zero
   * @param limits the limits that the tenant has
   * @param at when it was read
   */
  public record Usage<K>(SortedMap<K, UsageTotals> tallies, List<LimitState> limits, Instant at) {}

  /**
   * Reads both. Rows are added up as they are read, so that memory holds the sums and no rows.
   *
   * @param <K> what the sums are by
   * @param tenant the tenant
   * @param from first UTC day, inclusive
   * @param to last UTC day, inclusive
   * @param group the sum that a day and model belong to
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public <K extends Comparable<? super K>> Usage<K> read(
      Tenant tenant, LocalDate from, LocalDate to, Function<? super DayAndModel, K> group) {
    var now = clock.instant();
    var itemKey = QuotaKey.of(tenant.id());
    var item = table.read(itemKey);
    var sums = new TreeMap<K, UsageTotals>();
    var inItem = new HashMap<DayAndModel, Integer>();
    for (var rollUp : item.rollUps()) {
      var key = new DayAndModel(LocalDate.ofEpochDay(rollUp.epochDay()), rollUp.model());
      inItem.merge(key, rollUp.flushed(), Math::max);
      if (!key.day().isBefore(from) && !key.day().isAfter(to)) {
        sums.merge(group.apply(key), rollUp.tally(), UsageTotals::plus);
      }
    }
    rows.forEach(
        tenant.id(),
        from,
        to,
        row -> {
          var key = new DayAndModel(row.day(), row.model());
          if (row.shard() != itemKey.shard() || countsBeside(inItem, key, row)) {
            sums.merge(group.apply(key), row.tally(), UsageTotals::plus);
          }
        });
    sums.values().removeIf(UsageTotals.ZERO::equals);
    return new Usage<>(sums, limits.states(tenant.quota(), item, now), now);
  }

  /**
   * Where an end user stands.
   *
   * @param tier the tier in force; absent if the tenant has none
   * @param operatorTier the name of the tier that an operator gave, which the tenant may not have
   *     any more
   * @param blockedAt when an operator blocked the end user; absent if nobody did
   * @param limits the tier's limits
   * @param at when it was read
   */
  public record EndUserState(
      Optional<EndUserTier> tier,
      Optional<String> operatorTier,
      Optional<Instant> blockedAt,
      List<LimitState> limits,
      Instant at) {
    /** Whether an operator blocked the end user. */
    public boolean isBlocked() {
      return blockedAt.isPresent();
    }
  }

  /**
   * Reads where an end user stands.
   *
   * @param credentialTier the name of the tier that the credential contains, if it does
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public EndUserState readEndUser(Tenant tenant, EndUser endUser, Optional<String> credentialTier) {
    var now = clock.instant();
    var item = table.read(QuotaKey.of(tenant.id(), endUser));
    var operatorTier = item.text(ItemNames.OPERATOR_TIER);
    var tier = tenant.endUserTier(operatorTier.or(() -> credentialTier));
    return new EndUserState(
        tier,
        operatorTier,
        item.has(ItemNames.BLOCKED)
            ? Optional.of(Instant.ofEpochSecond(item.number(ItemNames.BLOCKED)))
            : Optional.empty(),
        tier.map(found -> limits.states(found.quota(), item, now)).orElse(List.of()),
        now);
  }

  /**
   * A row of a day and model that the item still has counts if the item says that it has left: it
   * is one that an earlier release moved while the day went on.
   */
  private static boolean countsBeside(
      Map<DayAndModel, Integer> inItem, DayAndModel key, DayRow row) {
    return row.part() < inItem.getOrDefault(key, Integer.MAX_VALUE);
  }
}
