package dev.chatgate.quota.admit;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.limit.AdmissionAttempt;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.time.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One admission from its first attempt to its answer. Every attempt has the same id and a nonce of
 * its own, so that one whose answer was lost can be repeated: the own id in the item means that an
 * attempt was admitted.
 */
final class AdmissionRun {
  static final int MAX_ATTEMPTS = 5;
  static final Duration GRACE = Duration.ofSeconds(30);

  private static final Duration FIRST_COLLISION_PAUSE = Duration.ofMillis(4);
  private static final Duration MAX_COLLISION_PAUSE = Duration.ofMillis(60);
  private static final Duration FIRST_FAILURE_PAUSE = Duration.ofMillis(25);
  private static final Duration MAX_FAILURE_PAUSE = Duration.ofMillis(400);

  /** Of the time for an admission, what is kept for the tombstone record if it must be given up. */
  private static final int SHARE_FOR_TOMBSTONE = 4;

  private static final long MAX_SECONDS = 0xFFFF;

  private final AdmissionParts parts;
  private final Claim claim;
  private final QuotaKey key;
  private final String id;
  private final String model;
  private final Instant startedAt;
  private final Backoff collisions;
  private final Backoff failures;
  private final List<ReservationEntry> unanswered = new ArrayList<>();
  private int attempts;
  private Optional<RuntimeException> lastFailure = Optional.empty();

  AdmissionRun(AdmissionParts parts, Claim claim, Instant startedAt) {
    this.parts = parts;
    this.claim = claim;
    this.key = claim.key();
    this.id = claim.requestId().reservationId();
    this.model = ModelCodes.nameOf(claim.model());
    this.startedAt = startedAt;
    this.collisions = backoff(FIRST_COLLISION_PAUSE, MAX_COLLISION_PAUSE);
    this.failures = backoff(FIRST_FAILURE_PAUSE, MAX_FAILURE_PAUSE);
  }

  private Backoff backoff(Duration first, Duration longest) {
    return new Backoff(parts.pause(), parts.random(), first, longest);
  }

  Admission run() {
    var remaining = Duration.between(startedAt, claim.giveUpAt());
    var lastAttemptAt = claim.giveUpAt().minus(remaining.dividedBy(SHARE_FOR_TOMBSTONE));
    do {
      var answer = attempt();
      if (answer.isPresent()) {
        return answer.get();
      }
    } while (attempts < MAX_ATTEMPTS && parts.clock().instant().isBefore(lastAttemptAt));
    writeTombstone();
    return new Admission.Unavailable(lastFailure.orElseGet(AdmissionRun::contention), attempts);
  }

  private static RuntimeException contention() {
    return new IllegalStateException("the quota item is too contended");
  }

  private Optional<Admission> attempt() {
    var now = parts.clock().instant();
    var seen = parts.seen().last(key);
    attempts++;
    var entry = entry(seen, now);
    var write = EntryWrite.begin(id, entry, model, claim.maxNames(), seen, Buckets.nanosOf(now));
    parts.limits().admit(write, new AdmissionAttempt(claim, entry, seen, now));
    try {
      return switch (parts.table().update(key, write.build())) {
        case Written.Done(QuotaItem after) -> {
          parts.seen().remember(key, after);
          yield Optional.of(granted(entry, after, now));
        }
        case Written.Refused(QuotaItem before) -> {
          parts.seen().remember(key, before);
          yield refused(before, entry);
        }
        case Written.NotDone refused -> notDone(refused);
      };
    } catch (StoreUnavailableException e) {
      unanswered.add(entry);
      return notAnswered(e);
    }
  }

  private Optional<Admission> notDone(Written.NotDone refused) {
    return refused.isPermanent() ? unavailable(refused.cause()) : again(refused.cause());
  }

  /** An item that cannot be read is there at the next attempt, too. */
  private Optional<Admission> notAnswered(StoreUnavailableException failure) {
    return failure.isPermanent() ? unavailable(failure) : again(failure);
  }

  private Optional<Admission> unavailable(RuntimeException cause) {
    writeTombstone();
    return Optional.of(new Admission.Unavailable(cause, attempts));
  }

  private Optional<Admission> again(RuntimeException cause) {
    failed(cause);
    return Optional.empty();
  }

  private ReservationEntry entry(QuotaItem item, Instant now) {
    long tokens = Math.min(ReservationEntry.MAX, claim.tokens());
    long toDeadline = claim.callLimit().plus(GRACE).toSeconds();
    return new ReservationEntry(
        attempts,
        tokens,
        Math.min(ReservationEntry.MAX, claim.microUsd()),
        Math.min(ReservationEntry.MAX, Limits.bucketNanos(tokens, claim.quota())),
        startedAt.getEpochSecond(),
        (int) Math.clamp(toDeadline, 0, MAX_SECONDS),
        Math.max(Windows.dayOf(now), item.newestDay()),
        ModelCodes.codeFor(model, item, claim.maxNames()),
        claim.caller().keyCode());
  }

  private void failed(RuntimeException cause) {
    lastFailure = Optional.of(cause);
    failures.pause();
  }

  private Admission granted(ReservationEntry entry, QuotaItem item, Instant now) {
    var reservation =
        new Reservation(claim.requestId(), key, entry.admittedAt(), entry.deadline(), claim, entry);
    return new Admission.Granted(
        reservation, parts.limits().rateLimits(claim.quota(), item, now), attempts);
  }

  /**
   * Decides by the time that the clock tells now: the answer that brought the item may have
   * corrected it. Empty means: try again, with the item as it is now.
   */
  private Optional<Admission> refused(QuotaItem item, ReservationEntry entry) {
    var now = parts.clock().instant();
    var own = item.entry(id);
    if (own.isPresent()) {
      return Optional.of(granted(own.get(), item, now));
    }
    if (repairBuckets(item, now) || item.newestDay() > entry.epochDay()) {
      return Optional.empty();
    }
    var refusal = parts.limits().refusal(new AdmissionAttempt(claim, entry, item, now));
    if (refusal.isEmpty()) {
      collided();
      return Optional.empty();
    }
    writeTombstone();
    parts.spent().remember(claim, refusal.get(), now);
    return Optional.of(
        new Admission.Refused(
            refusal.get(), parts.limits().rateLimits(claim.quota(), item, now), attempts));
  }

  /** A wrong guess costs a caller who is alone one attempt more, and no pause. */
  private void collided() {
    if (attempts > 1) {
      collisions.pause();
    }
  }

  /**
   * Lowers the buckets that are in an impossible state, if the store confirms the time by which
   * they are. Without that the first attempt is repeated: its answer brings another date.
   *
   * @return whether to try again
   */
  private boolean repairBuckets(QuotaItem item, Instant now) {
    var confirmed = parts.clock().confirmed();
    var write = BucketRepairWrite.of(item, Buckets.nanosOf(confirmed.orElse(now)));
    if (write.isEmpty() || confirmed.isEmpty()) {
      return write.isPresent() && attempts == 1;
    }
    try {
      repair(write.get());
    } catch (StoreUnavailableException e) {
      failed(e);
    }
    return true;
  }

  private void repair(ItemUpdate write) {
    switch (parts.table().update(key, write)) {
      case Written.Done(QuotaItem after) -> {
        parts.seen().remember(key, after);
        parts.listener().bucketRepaired(key.tenant());
        repairBuckets(after, parts.clock().instant());
      }
      case Written.Refused(QuotaItem before) -> parts.seen().remember(key, before);
      case Written.NotDone(RuntimeException cause) -> failed(cause);
    }
  }

  /**
   * The call ends without admission, but an attempt without an answer may have landed, or may yet:
   * a tombstone record lets any instance release it. What has landed is released at once.
   */
  private void writeTombstone() {
    if (unanswered.isEmpty()) {
      return;
    }
    var entry = unanswered.getLast();
    var tombstone = UsageRecordFactory.released(key, id, entry, model, parts.clock().instant());
    parts
        .settler()
        .decide(tombstone, claim.giveUpAt())
        .standing()
        .filter(standing -> !standing.counts())
        .ifPresent(standing -> parts.settler().apply(key, entry, standing, claim.giveUpAt()));
  }
}
