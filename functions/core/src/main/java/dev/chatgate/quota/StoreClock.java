package dev.chatgate.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * The local clock, put right by the store's where it is far off. The store's answers carry their
 * time in whole seconds only, so a smaller difference than {@link #TOLERANCE} is left alone; the
 * bounds of the minute limits allow for it.
 */
public final class StoreClock implements InstantSource {
  /** Up to here the local clock is believed. */
  public static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private final InstantSource local;
  private final Consumer<Duration> onChange;
  private volatile Duration offset = Duration.ZERO;

  /**
   * @param local the machine's clock
   * @param onChange hears each new offset that is used, for the log; zero when the local clock is
   *     believed again
   */
  public StoreClock(InstantSource local, Consumer<Duration> onChange) {
    this.local = local;
    this.onChange = onChange;
  }

  @Override
  public Instant instant() {
    return local.instant().plus(offset);
  }

  /**
   * Takes the time of an answer that has just come.
   *
   * @param storeDate its {@code Date}, cut to whole seconds by the store
   */
  public void observe(Instant storeDate) {
    var difference = Duration.between(local.instant(), storeDate.plus(HALF_A_SECOND));
    if (difference.abs().compareTo(TOLERANCE) <= 0) {
      use(Duration.ZERO);
    } else if (difference.minus(offset).abs().compareTo(TOLERANCE) > 0) {
      use(difference);
    }
  }

  private void use(Duration newOffset) {
    if (!newOffset.equals(offset)) {
      offset = newOffset;
      onChange.accept(newOffset);
    }
  }
}
