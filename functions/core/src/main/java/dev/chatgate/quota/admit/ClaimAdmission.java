package dev.chatgate.quota.admit;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.EndUserHold;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.AdmissionRun.Answer;
import dev.chatgate.quota.item.ModelCodes;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.usage.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The admission of a claim at all its levels: first at the end user's item, which hardly anybody
 * else writes, then at the tenant's. If the tenant refuses, the end user's item lets the entry go.
 */
final class ClaimAdmission {
  /** Of the time for an admission, what is kept for the tombstone record if it must be given up. */
  private static final int SHARE_FOR_TOMBSTONE = 4;

  private final AdmissionParts parts;
  private final Claim claim;
  private final Instant startedAt;
  private final Instant lastAttemptAt;
  private final List<AdmissionRun> runs = new ArrayList<>();

  ClaimAdmission(AdmissionParts parts, Claim claim, Instant startedAt) {
    this.parts = parts;
    this.claim = claim;
    this.startedAt = startedAt;
    var remaining = Duration.between(startedAt, claim.giveUpAt());
    this.lastAttemptAt = claim.giveUpAt().minus(remaining.dividedBy(SHARE_FOR_TOMBSTONE));
  }

  Admission run() {
    var level = claim.endUserLevel();
    return level.isPresent() ? atBoth(level.get()) : atTenant(Optional.empty(), Optional.empty());
  }

  private Admission atBoth(ClaimLevel level) {
    return switch (hold(level, Optional.empty())) {
      case Answer.Held(ReservationEntry entry, RateLimits rateLimits) ->
          atTenantAfter(new EndUserHold(level.key(), entry), rateLimits);
      case Answer answer -> notAdmitted(answer, Optional.empty(), Optional.empty());
    };
  }

  private Admission atTenantAfter(EndUserHold endUser, RateLimits rateLimits) {
    var admission = atTenant(Optional.of(endUser), Optional.of(rateLimits));
    if (!(admission instanceof Admission.Unavailable)) {
      runs.getFirst().settleExpired();
    }
    return admission;
  }

  /**
   * @param endUser what is held at the end user's level, if there is one
   * @param shown where the end user stands, who does not see where the tenant does
   */
  private Admission atTenant(Optional<EndUserHold> endUser, Optional<RateLimits> shown) {
    return switch (hold(claim.tenantLevel(), endUser)) {
      case Answer.Held(ReservationEntry entry, RateLimits rateLimits) ->
          new Admission.Granted(
              new Reservation(
                  claim.requestId(),
                  claim.key(),
                  entry.admittedAt(),
                  entry.deadline(),
                  claim,
                  entry,
                  endUser),
              shown.orElse(rateLimits),
              attempts());
      case Answer answer -> notAdmitted(answer, endUser, shown);
    };
  }

  private Answer hold(ClaimLevel level, Optional<EndUserHold> beside) {
    var run = new AdmissionRun(parts, claim, level, beside, startedAt);
    runs.add(run);
    return run.run(lastAttemptAt);
  }

  private int attempts() {
    return runs.stream().mapToInt(AdmissionRun::attempts).sum();
  }

  private Admission notAdmitted(
      Answer answer, Optional<EndUserHold> endUser, Optional<RateLimits> shown) {
    letGo(endUser);
    return switch (answer) {
      case Answer.Refused refused ->
          new Admission.Refused(refused.refusal(), shown.orElse(refused.rateLimits()), attempts());
      case Answer.Blocked _ -> new Admission.EndUserBlocked(attempts());
      case Answer.OtherTier(Optional<String> operatorTier) -> otherTier(operatorTier);
      case Answer.Unavailable(RuntimeException cause) ->
          new Admission.Unavailable(cause, attempts());
      case Answer.Held _ -> throw new IllegalStateException("it is held");
    };
  }

  /**
   * The caller claims again under the same id, so no attempt of this claim may land any more. If
   * one may, the next call of the end user begins with the right tier.
   */
  private Admission otherTier(Optional<String> operatorTier) {
    return runs.getLast().unanswered().isEmpty()
        ? new Admission.OtherTier(operatorTier, attempts())
        : new Admission.Unavailable(
            new IllegalStateException("the end user's tier changed"), attempts());
  }

  /**
   * The call ends without admission. If every attempt was answered, the tenant's item can have no
   * entry of it, and the end user's lets its own go. Otherwise one may have landed, or may yet: a
   * tombstone record lets any instance release it. What has landed is released at once.
   */
  private void letGo(Optional<EndUserHold> endUser) {
    var unanswered = runs.getLast().unanswered();
    var known = endUser.map(EndUserHold::entry);
    var any = runs.stream().flatMap(run -> run.unanswered().stream()).findFirst();
    if (any.isEmpty()) {
      known.ifPresent(entry -> applyAtEndUser(entry, tombstone(entry)));
      return;
    }
    var standing =
        parts
            .settler()
            .decide(tombstone(any.get()), claim.giveUpAt())
            .standing()
            .filter(record -> !record.counts());
    if (standing.isEmpty()) {
      return;
    }
    boolean applied =
        atEndUser(known).map(entry -> applyAtEndUser(entry, standing.get())).orElse(true);
    if (applied && isAtTenant() && !unanswered.isEmpty()) {
      var entry = unanswered.getLast();
      parts.settler().apply(claim.key(), entry, standing.get(), claim.giveUpAt());
    }
  }

  /** What the end user's item holds, as far as is known. */
  private Optional<ReservationEntry> atEndUser(Optional<ReservationEntry> known) {
    return claim.endUserLevel().isEmpty()
        ? Optional.empty()
        : known.or(() -> Optional.of(runs.getFirst().unanswered().getLast()));
  }

  private boolean isAtTenant() {
    return claim.endUserLevel().isEmpty() || runs.size() > 1;
  }

  private boolean applyAtEndUser(ReservationEntry entry, UsageRecord record) {
    var key = claim.endUserLevel().orElseThrow().key();
    return parts.settler().apply(key, entry, record, claim.giveUpAt());
  }

  private UsageRecord tombstone(ReservationEntry entry) {
    return UsageRecordFactory.released(
        claim.key(),
        claim.requestId().reservationId(),
        entry,
        ModelCodes.nameOf(claim.model()),
        parts.clock().instant());
  }
}
