package dev.chatgate.quota.simulation;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.MemoryQuotaTable;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import dev.chatgate.usage.MemoryDayRows;
import dev.chatgate.usage.MemoryUsageRecords;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The three tables in memory, seen from afar: every call takes time, in which others go on, and may
 * meet any fault. What lands is shown to the {@link SimCheck}.
 */
final class SimStore {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Dates UNDATED =
      new Dates() {
        @Override
        public <T> T of(Supplier<T> call) {
          return call.get();
        }
      };

  private static final SimFault[] FAULTS = SimFault.values();
  private static final List<SimFault> WHILE_AWAY =
      List.of(SimFault.LOST, SimFault.ANSWER_LOST, SimFault.LATE, SimFault.THROTTLED);

  private final MemoryQuotaTable items = new MemoryQuotaTable();
  private final MemoryUsageRecords decisions = new MemoryUsageRecords();
  private final MemoryDayRows days = new MemoryDayRows();
  private final SimWorld world;
  private final SimCheck check;
  private final SimCoverage coverage;
  private Duration maxWay = Duration.ofMillis(6);
  private double faultsPercent;
  private boolean isAway;

  SimStore(SimWorld world, SimCheck check, SimCoverage coverage) {
    this.world = world;
    this.check = check;
    this.coverage = coverage;
  }

  /** How long a call takes at most to the store. */
  void setWay(Duration most) {
    maxWay = most;
  }

  /** From now on so many calls of a hundred meet a fault. */
  void setFaults(double percent) {
    faultsPercent = percent;
  }

  /** Whether hardly anything gets through, or not even that as far as any caller learns. */
  void setAway(boolean away) {
    isAway = away;
  }

  /** Puts something into an item before anything happens. */
  void fill(QuotaKey key, ItemUpdate update) {
    if (items.update(key, update) instanceof QuotaTable.Written.Done(QuotaItem after)) {
      check.wrote(key, SimStep.OTHER, after, world.now());
    }
  }

  /** Puts an entry into an item before anything happens. */
  void fill(QuotaKey key, ItemUpdate update, Instant now) {
    if (items.update(key, update) instanceof QuotaTable.Written.Done(QuotaItem after)) {
      check.wrote(key, SimStep.of(key, update), after, now);
    }
  }

  /** Drops what has expired. */
  void dropExpired() {
    items.dropExpired(world.now()).forEach(check::expired);
  }

  QuotaTable table() {
    return new Table(UNDATED);
  }

  UsageRecords records() {
    return new Records(UNDATED);
  }

  /** A table with answers that put a clock right. */
  QuotaTable table(SimClock clock) {
    return new Table(clock::dated);
  }

  /** Records with answers that put a clock right. */
  UsageRecords records(SimClock clock) {
    return new Records(clock::dated);
  }

  /** Reads the date of a call's answer. */
  private interface Dates {
    <T> T of(Supplier<T> call);
  }

  DayRows rows() {
    return new Rows();
  }

  private SimFault draw(SimStep step) {
    if (isAway) {
      return WHILE_AWAY.get(world.random().nextInt(WHILE_AWAY.size()));
    }
    if (!world.chance(faultsPercent)) {
      return SimFault.NONE;
    }
    var fault = FAULTS[world.random().nextInt(FAULTS.length)];
    // Each attempt to admit has a nonce of its own, and is sent once.
    return fault == SimFault.REPEATED && step.isAdmission() ? SimFault.NONE : fault;
  }

  /**
   * One call of a port.
   *
   * @param landing its effect, and the answer
   * @param throttled the answer of a store that does nothing
   */
  private <T> T call(
      SimStep step, Object about, Supplier<? extends T> landing, Supplier<? extends T> throttled) {
    var fault = draw(step);
    coverage.count(step, fault);
    if (fault == SimFault.DIED_BEFORE) {
      throw world.die();
    }
    travel();
    world.note(fault == SimFault.NONE ? "calls" : fault.name(), about);
    return switch (fault) {
      case NONE -> answered(landing);
      case DIED_BEFORE -> throw world.die();
      case DIED_AFTER -> {
        var _ = landing.get();
        throw world.die();
      }
      case DIED_LATE -> {
        landLater(landing);
        throw world.die();
      }
      case THROTTLED -> throttled.get();
      case LOST -> throw lost();
      case ANSWER_LOST -> {
        var _ = landing.get();
        throw lost();
      }
      case LATE -> {
        landLater(landing);
        throw lost();
      }
      case REPEATED -> {
        landLater(landing);
        yield answered(landing);
      }
    };
  }

  private <T> T answered(Supplier<T> landing) {
    var answer = landing.get();
    if (world.chance(25)) {
      travel();
    }
    return answer;
  }

  private void travel() {
    world.pause(world.between(AT_ONCE, maxWay));
  }

  private StoreUnavailableException lost() {
    world.pause(world.between(Duration.ofMillis(1), Duration.ofSeconds(1)));
    return unavailable();
  }

  /** Soon, while its call goes on; or when that is long over, and maybe the day too. */
  private void landLater(Supplier<?> landing) {
    var most =
        switch (world.random().nextInt(4)) {
          case 0 -> Duration.ofMillis(50);
          case 1 -> Duration.ofSeconds(2);
          case 2 -> Duration.ofSeconds(30);
          default -> Duration.ofMinutes(5);
        };
    world.later(world.between(Duration.ofMillis(1), most), () -> check.late(landing));
  }

  private final class Table implements QuotaTable {
    private final Dates dates;

    private Table(Dates dates) {
      this.dates = dates;
    }

    @Override
    public Written update(QuotaKey key, ItemUpdate update) {
      var now = world.lastTold();
      var sentAt = world.lastToldAt();
      var step = SimStep.of(key, update);
      try {
        return dates.of(() -> call(key, step, update, now, sentAt));
      } catch (StoreUnavailableException e) {
        check.unanswered(step, update);
        throw e;
      }
    }

    private Written call(
        QuotaKey key, SimStep step, ItemUpdate update, Instant now, Instant sentAt) {
      return SimStore.this.call(
          step,
          update,
          () -> land(key, step, update, now, sentAt),
          () -> new Written.NotDone(throttled()));
    }

    private Written land(
        QuotaKey key, SimStep step, ItemUpdate update, Instant now, Instant sentAt) {
      var written = items.update(key, update);
      if (written instanceof Written.Done(QuotaItem after)) {
        check.onlyPoisonIsHealed(key, after, sentAt);
        check.wrote(key, step, after, now);
        world.note("left", after.attributes());
      }
      return written;
    }

    @Override
    public QuotaItem read(QuotaKey key) {
      return dates.of(() -> orUnavailable(SimStep.READ, key, () -> items.read(key)));
    }

    @Override
    public List<QuotaKey> due() {
      return dates.of(() -> orUnavailable(SimStep.READ, "due", items::due));
    }
  }

  private static IllegalStateException throttled() {
    return new IllegalStateException("throttled");
  }

  private static StoreUnavailableException unavailable() {
    return new StoreUnavailableException("lost", throttled());
  }

  /** One call of a port that has no other way to say that nothing was done. */
  private <T> T orUnavailable(SimStep step, Object about, Supplier<? extends T> landing) {
    return call(
        step,
        about,
        landing,
        () -> {
          throw unavailable();
        });
  }

  private final class Records implements UsageRecords {
    private final Dates dates;

    private Records(Dates dates) {
      this.dates = dates;
    }

    @Override
    public Decision decide(UsageRecord record) {
      check.decides(record);
      return dates.of(() ->
          call(
              SimStep.RECORD, record, () -> land(record), () -> new Decision.NotDone(throttled())));
    }

    private Decision land(UsageRecord record) {
      var decision = decisions.decide(record);
      check.decided(record, decision);
      return decision;
    }

    @Override
    public Optional<UsageRecord> find(UsageRecord.Key key) {
      return dates.of(() -> orUnavailable(SimStep.READ, key, () -> decisions.find(key)));
    }

    @Override
    public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
      decisions.forEach(tenant, from, to, reader);
    }
  }

  private final class Rows implements DayRows {
    @Override
    public DayRow putIfAbsent(DayRow row) {
      return orUnavailable(SimStep.ROLL_UP_COPY, row, () -> days.putIfAbsent(row));
    }

    @Override
    public void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader) {
      orUnavailable(
              SimStep.READ,
              tenant,
              () -> {
                var found = new ArrayList<DayRow>();
                days.forEach(tenant, from, to, found::add);
                return found;
              })
          .forEach(reader);
    }
  }
}
