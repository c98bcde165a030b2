package dev.chatgate.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The time that the ledger goes by, and whether the store agrees with it. */
public interface StoreTime extends InstantSource {

  /**
   * The present, if the store's latest answers agree with it. Only this time is good enough for a
   * change that a wrong clock must not make: lowering a bucket.
   *
   * @return empty as long as they do not
   */
  Optional<Instant> confirmed();

  /** A clock that is right by definition: of a test, or of a tool that runs alone. */
  static StoreTime trusted(InstantSource clock) {
    return new StoreTime() {
      @Override
      public Instant instant() {
        return clock.instant();
      }

      @Override
      public Optional<Instant> confirmed() {
        return Optional.of(clock.instant());
      }
    };
  }
}
