package dev.chatgate.quota.admit;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.EndUserHold;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
import dev.chatgate.quota.limit.AdmissionAttempt;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.time.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The admission of a claim at one level, from its first attempt to its answer. Every attempt has
 * the same id and a nonce of its own, so that an attempt without an answer can be repeated: the own
 * id in the item means that an attempt was admitted.
 */
final class AdmissionRun {
  static final int MAX_ATTEMPTS = 5;
  static final Duration GRACE = Duration.ofSeconds(30);

  /** So many attempts are made for answers that confirm the time. */
  private static final int MAX_FOR_CONFIRMATION = 3;

  private static final Duration FIRST_COLLISION_PAUSE = Duration.ofMillis(4);
  private static final Duration MAX_COLLISION_PAUSE = Duration.ofMillis(60);
  private static final Duration FIRST_FAILURE_PAUSE = Duration.ofMillis(25);
  private static final Duration MAX_FAILURE_PAUSE = Duration.ofMillis(400);

  private static final long MAX_SECONDS = 0xFFFF;

  private final AdmissionParts parts;
  private final Claim claim;
  private final ClaimLevel level;
  private final QuotaKey key;
  private final String id;
  private final String model;
  private final Optional<EndUserHold> beside;
  private final Instant startedAt;
  private final Backoff collisions;
  private final Backoff failures;
  private final List<ReservationEntry> unanswered = new ArrayList<>();
  private final Set<String> settledIds = new HashSet<>();
  private int attempts;
  private Optional<RuntimeException> lastFailure = Optional.empty();

  /**
   * @param level where the claim is to be held
   * @param beside what is held at the end user's level already
   * @param startedAt the time of the claim's first attempt, at whichever level
   */
  AdmissionRun(
      AdmissionParts parts,
      Claim claim,
      ClaimLevel level,
      Optional<EndUserHold> beside,
      Instant startedAt) {
    this.parts = parts;
    this.claim = claim;
    this.level = level;
    this.key = level.key();
    this.id = claim.requestId().reservationId();
    this.model = ModelCodes.nameOf(claim.model());
    this.beside = beside;
    this.startedAt = startedAt;
    this.collisions = backoff(FIRST_COLLISION_PAUSE, MAX_COLLISION_PAUSE);
    this.failures = backoff(FIRST_FAILURE_PAUSE, MAX_FAILURE_PAUSE);
  }

  private Backoff backoff(Duration first, Duration longest) {
    return new Backoff(parts.pause(), parts.random(), first, longest);
  }

  /** What came of it. */
  sealed interface Answer {
    /**
     * The level holds the claim.
     *
     * @param entry as it is in the item
     * @param rateLimits where the level stands
     */
    record Held(ReservationEntry entry, RateLimits rateLimits) implements Answer {}

    /**
     * A limit of the level refuses.
     *
     * @param rateLimits where the level stands
     */
    record Refused(Refusal refusal, RateLimits rateLimits) implements Answer {}

    /** The end user is blocked. */
    record Blocked() implements Answer {}

    /** The end user has another tier of the operator's than the claim says. */
    record OtherTier(Optional<String> operatorTier) implements Answer {}

    /** The store did not answer, or the item was too contended. */
    record Unavailable(RuntimeException cause) implements Answer {}
  }

  /** Conditional writes that were tried. */
  int attempts() {
    return attempts;
  }

  /** What attempts without an answer may have left in the item, or may yet. */
  List<ReservationEntry> unanswered() {
    return unanswered;
  }

  /**
   * @param lastAttemptAt after this no attempt begins, except the first
   */
  Answer run(Instant lastAttemptAt) {
    do {
      var answer = attempt();
      if (answer.isPresent()) {
        return answer.get();
      }
    } while (attempts < MAX_ATTEMPTS && parts.clock().instant().isBefore(lastAttemptAt));
    return new Answer.Unavailable(lastFailure.orElseGet(AdmissionRun::contention));
  }

  private static RuntimeException contention() {
    return new IllegalStateException("the quota item is too contended");
  }

  private Optional<Answer> attempt() {
    var now = parts.clock().instant();
    var seen = parts.seen().last(key);
    attempts++;
    var entry = entry(seen, now);
    var write = begin(entry, seen, Buckets.nanosOf(now));
    parts.limits().admit(write, new AdmissionAttempt(claim, level, entry, seen, now));
    try {
      return switch (parts.table().update(key, write.build())) {
        case Written.Done(QuotaItem after) -> {
          parts.seen().remember(key, after);
          yield Optional.of(held(entry, after, now));
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

  private ItemUpdate.Builder begin(ReservationEntry entry, QuotaItem seen, long now) {
    return level.isOfEndUser()
        ? EntryWrite.beginAtEndUser(id, entry, level.operatorTier())
        : EntryWrite.begin(id, entry, model, claim.maxNames(), seen, now);
  }

  private Optional<Answer> notDone(Written.NotDone refused) {
    return refused.isPermanent() ? unavailable(refused.cause()) : again(refused.cause());
  }

  /** An item that cannot be read is there at the next attempt, too. */
  private Optional<Answer> notAnswered(StoreUnavailableException failure) {
    return failure.isPermanent() ? unavailable(failure) : again(failure);
  }

  private static Optional<Answer> unavailable(RuntimeException cause) {
    return Optional.of(new Answer.Unavailable(cause));
  }

  private Optional<Answer> again(RuntimeException cause) {
    failed(cause);
    return Optional.empty();
  }

  private ReservationEntry entry(QuotaItem item, Instant now) {
    long tokens = Math.min(ReservationEntry.MAX, claim.tokens());
    long toDeadline = claim.callLimit().plus(GRACE).toSeconds();
    var entry =
        new ReservationEntry(
            attempts,
            tokens,
            Math.min(ReservationEntry.MAX, claim.microUsd()),
            Math.min(ReservationEntry.MAX, Limits.bucketNanos(tokens, level.quota())),
            startedAt.getEpochSecond(),
            (int) Math.clamp(toDeadline, 0, MAX_SECONDS),
            Math.max(Windows.dayOf(now), item.newestDay()),
            level.isOfEndUser() ? 0 : ModelCodes.codeFor(model, item, claim.maxNames()),
            claim.caller().keyCode());
    return beside.map(hold -> entry.with(hold.named())).orElse(entry);
  }

  private void failed(RuntimeException cause) {
    lastFailure = Optional.of(cause);
    failures.pause();
  }

  private Answer held(ReservationEntry entry, QuotaItem item, Instant now) {
    return new Answer.Held(entry, parts.limits().rateLimits(level.quota(), item, now));
  }

  /**
   * Decides by the time that the clock tells now: the answer that brought the item may have
   * corrected it. Empty means: try again, with the item as it is now.
   */
  private Optional<Answer> refused(QuotaItem item, ReservationEntry entry) {
    var now = parts.clock().instant();
    var own = item.entry(id);
    if (own.isPresent()) {
      return Optional.of(held(own.get(), item, now));
    }
    if (level.isOfEndUser()) {
      var other = otherEndUser(item, now);
      if (other.isPresent() || settleExpired() || mayBeExpired(item, now)) {
        return other;
      }
    }
    if (repairBuckets(item, now) || item.newestDay() > entry.epochDay()) {
      return Optional.empty();
    }
    var refusal = parts.limits().refusal(new AdmissionAttempt(claim, level, entry, item, now));
    if (refusal.isEmpty()) {
      collided();
      return Optional.empty();
    }
    parts.spent().remember(level, refusal.get(), now);
    return Optional.of(
        new Answer.Refused(refusal.get(), parts.limits().rateLimits(level.quota(), item, now)));
  }

  /** The end user is blocked, or has another tier than the claim says. */
  private Optional<Answer> otherEndUser(QuotaItem item, Instant now) {
    if (item.has(ItemNames.BLOCKED)) {
      parts.spent().rememberBlock(key, now);
      return Optional.of(new Answer.Blocked());
    }
    var operatorTier = item.text(ItemNames.OPERATOR_TIER);
    return operatorTier.equals(level.operatorTier())
        ? Optional.empty()
        : Optional.of(new Answer.OtherTier(operatorTier));
  }

  /**
   * Settles the end user's calls that died: no reconciler looks at this item unless the tenant's
   * leads it there. It is done only if the store confirms the time: a clock that is ahead would
   * take living calls for dead ones.
   *
   * @return whether one was settled
   */
  boolean settleExpired() {
    var confirmed = parts.clock().confirmed();
    if (!level.isOfEndUser() || confirmed.isEmpty()) {
      return false;
    }
    boolean settled = false;
    for (var entry : parts.seen().last(key).entries().entrySet()) {
      boolean isExpired = !confirmed.get().isBefore(entry.getValue().deadline());
      boolean isTime = parts.clock().instant().isBefore(claim.giveUpAt());
      if (isExpired && isTime && settledIds.add(entry.getKey())) {
        settled |=
            parts
                .settler()
                .expireAtEndUser(key, entry.getKey(), entry.getValue(), claim.giveUpAt());
      }
    }
    return settled;
  }

  /** Whether another attempt is worthwhile: its answer may confirm the time. */
  private boolean mayBeExpired(QuotaItem item, Instant now) {
    return attempts < MAX_FOR_CONFIRMATION
        && parts.clock().confirmed().isEmpty()
        && item.entries().values().stream().anyMatch(entry -> !now.isBefore(entry.deadline()));
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
}
