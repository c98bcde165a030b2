package dev.chatgate.quota.simulation;

import dev.chatgate.time.StoreClock;
import dev.chatgate.time.StoreTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An instance's clock: its machine's, put right by the dates of the store's answers. Some of these
 * are wrong, but never two in a row.
 */
final class SimClock implements StoreTime {
  private static final Duration LEAST_ERROR = Duration.ofSeconds(5);
  private static final Duration MAX_ERROR = Duration.ofMinutes(5);

  private final SimWorld world;
  private final SimCoverage coverage;
  private final double wrongDatesPercent;
  private final StoreClock corrected;
  private boolean lastWasWrong;

  /**
   * @param world gives the time
   * @param skew how far the machine's clock is ahead, negative if behind
   * @param wrongDatesPercent of a hundred answers, those with a wrong date
   */
  SimClock(SimWorld world, SimCoverage coverage, Duration skew, double wrongDatesPercent) {
    this.world = world;
    this.coverage = coverage;
    this.wrongDatesPercent = wrongDatesPercent;
    this.corrected =
        new StoreClock(
            world.machineClock(skew), offset -> world.note("corrects its clock by", offset));
  }

  @Override
  public Instant instant() {
    return world.told(corrected.instant());
  }

  @Override
  public Optional<Instant> confirmed() {
    return corrected.confirmed().map(world::told);
  }

  /** Makes a call of the store, and takes the date of its answer, if one comes. */
  <T> T dated(Supplier<T> call) {
    var sentAt = corrected.sending();
    var answer = call.get();
    corrected.observe(sentAt, date().truncatedTo(ChronoUnit.SECONDS));
    return answer;
  }

  private Instant date() {
    lastWasWrong = !lastWasWrong && world.chance(wrongDatesPercent);
    if (!lastWasWrong) {
      return world.now();
    }
    var error = world.between(LEAST_ERROR, MAX_ERROR);
    boolean old = world.chance(50);
    coverage.count(old ? SimCoverage.Situation.OLD_DATE : SimCoverage.Situation.FUTURE_DATE);
    return old ? world.now().minus(error) : world.now().plus(error);
  }
}
