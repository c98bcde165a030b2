package dev.chatgate.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The local clock, corrected by the store's where it is far off. The store's answers carry their
 * time in whole seconds only, so a smaller difference than {@link #TOLERANCE} is left alone; the
 * bounds of the minute limits allow for it.
 *
 * <p>A single date changes nothing: the offset moves when two answers in a row agree on another
 * one. So one wrong date, too old or too new, has no effect, and an offset that became wrong is
 * replaced by the next two right dates.
 */
public final class StoreClock implements StoreTime {
  /** Up to here the local clock is used as it is. */
  public static final Duration TOLERANCE = Duration.ofSeconds(2);

  /**
   * Up to here a clock that was corrected is used as it is again. The gap to {@link #TOLERANCE} is
   * the second that a date leaves open: a clock that stays 2 s off does not change sides.
   */
  public static final Duration BELIEVED_AGAIN = Duration.ofSeconds(1);

  /**
   * An answer that took longer is ignored: its date may be as old as its request. In a process that
   * was frozen meanwhile that is minutes.
   */
  public static final Duration MAX_ANSWER_TIME = Duration.ofSeconds(1);

  /** For so long an answer that agrees confirms the time. */
  public static final Duration CONFIRMED_FOR = Duration.ofSeconds(5);

  private static final int ENOUGH_AGREEMENTS = 2;
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private final InstantSource local;
  private final Consumer<Duration> onChange;
  private volatile Duration offset = Duration.ZERO;
  private @Nullable Duration candidate;
  private int agreements;
  private Instant agreedAt = Instant.EPOCH;

  /**
   * @param local the machine's clock
   * @param onChange gets each new offset that is used, for the log; zero when the local clock is
   *     used as it is again
   */
  public StoreClock(InstantSource local, Consumer<Duration> onChange) {
    this.local = local;
    this.onChange = onChange;
  }

  @Override
  public Instant instant() {
    return local.instant().plus(offset);
  }

  @Override
  public synchronized Optional<Instant> confirmed() {
    var now = local.instant();
    boolean fresh = isWithin(Duration.between(agreedAt, now), CONFIRMED_FOR);
    return fresh && agreements >= ENOUGH_AGREEMENTS
        ? Optional.of(now.plus(offset))
        : Optional.empty();
  }

  /** The machine's clock when a request is sent, for {@link #observe}. */
  public Instant sending() {
    return local.instant();
  }

  /**
   * Takes the time of an answer that has just come.
   *
   * @param sentAt what {@link #sending} said
   * @param storeDate the answer's {@code Date}, cut to whole seconds by the store
   */
  public void observe(Instant sentAt, Instant storeDate) {
    var received = local.instant();
    if (isWithin(Duration.between(sentAt, received), MAX_ANSWER_TIME)) {
      take(Duration.between(received, storeDate.plus(HALF_A_SECOND)), received);
    }
  }

  private static boolean isWithin(Duration duration, Duration most) {
    return !duration.isNegative() && duration.compareTo(most) <= 0;
  }

  private synchronized void take(Duration difference, Instant received) {
    var wanted = offsetFor(difference);
    if (wanted.equals(offset)) {
      agreements = Math.min(agreements + 1, ENOUGH_AGREEMENTS);
      candidate = null;
      agreedAt = received;
    } else if (candidate != null && isNear(difference, candidate, TOLERANCE)) {
      agreements = ENOUGH_AGREEMENTS;
      candidate = null;
      agreedAt = received;
      offset = wanted;
      onChange.accept(wanted);
    } else {
      agreements = 0;
      candidate = difference;
    }
  }

  private Duration offsetFor(Duration difference) {
    if (isNear(difference, Duration.ZERO, offset.isZero() ? TOLERANCE : BELIEVED_AGAIN)) {
      return Duration.ZERO;
    }
    return isNear(difference, offset, TOLERANCE) ? offset : difference;
  }

  private static boolean isNear(Duration one, Duration other, Duration most) {
    return one.minus(other).abs().compareTo(most) <= 0;
  }
}
