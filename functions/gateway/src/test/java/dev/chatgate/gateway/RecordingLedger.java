package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.Settlement;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.settle.UsageRecordFactory;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** A ledger that gives a preset answer to every claim, and records claims and settlements. */
public final class RecordingLedger implements Ledger {
  public record Settled(Reservation reservation, Consumption consumption, CallFacts facts) {}

  private final List<Claim> claims = new CopyOnWriteArrayList<>();
  private final List<Settled> settled = new CopyOnWriteArrayList<>();
  private final List<EndUser> tiersRead = new CopyOnWriteArrayList<>();
  private Optional<String> lastTier = Optional.empty();
  private Supplier<Optional<String>> storedTier = Optional::empty;
  private List<QuotaWarning> warnings = List.of();
  private Runnable beforeSettling = () -> {};
  private boolean needsStore = true;
  private Function<Claim, Admission> answer = RecordingLedger::grant;

  /** Sets a callback that runs when a call is settled. */
  public void beforeSettling(Runnable look) {
    beforeSettling = look;
  }

  /** Sets the answer to all further claims. */
  public void answerWith(Admission admission) {
    answer = claim -> admission;
  }

  /** Sets how all further claims are answered. */
  public void answerWith(Function<Claim, Admission> how) {
    answer = how;
  }

  /** Sets the operator's tier of each end user, as the instance saw it last and as it is stored. */
  public void tiers(Optional<String> last, Supplier<Optional<String>> stored) {
    lastTier = last;
    storedTier = stored;
  }

  /** The end users whose stored tier was read. */
  public List<EndUser> tiersRead() {
    return tiersRead;
  }

  /** Sets the warnings that every settlement is the first to reach. */
  public void warn(QuotaWarning... reached) {
    warnings = List.of(reached);
  }

  @Override
  public Optional<String> lastOperatorTier(TenantId tenant, EndUser endUser) {
    return lastTier;
  }

  @Override
  public Optional<String> operatorTier(TenantId tenant, EndUser endUser) {
    tiersRead.add(endUser);
    return storedTier.get();
  }

  /** From now on the store is not needed for the answer. */
  public void answerByItself() {
    needsStore = false;
  }

  /** Makes all further claims throw this defect; they are not recorded. */
  public void throwAtAdmission(RuntimeException defect) {
    answer =
        claim -> {
          claims.remove(claim);
          throw defect;
        };
  }

  @Override
  public Admission admit(Claim claim) {
    claims.add(claim);
    return answer.apply(claim);
  }

  @Override
  public boolean needsStore(Claim claim) {
    return needsStore;
  }

  /** Holds a claim. */
  public static Admission grant(Claim claim) {
    var now = Instant.now();
    var bucket = new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 60, 59, Duration.ofSeconds(1));
    return new Admission.Granted(
        new Reservation(
            claim.requestId(),
            claim.key(),
            now,
            now.plus(claim.callLimit()),
            claim,
            new ReservationEntry(1, claim.tokens(), 0, 0, now.getEpochSecond(), 60, 20_000, 0, 0)),
        new RateLimits(List.of(bucket)),
        1);
  }

  @Override
  public Settlement settle(
      Reservation reservation, Consumption consumption, CallFacts facts, Instant giveUpAt) {
    beforeSettling.run();
    settled.add(new Settled(reservation, consumption, facts));
    var record = UsageRecordFactory.call(reservation, consumption, facts, Instant.now());
    return new Settlement(Settlement.Progress.APPLIED, record, Optional.empty(), warnings);
  }

  public List<Claim> claims() {
    return claims;
  }

  /** Returns the settlement; fails unless there was exactly one claim and one settlement. */
  public Settled theSettlement() {
    assertEquals(1, claims.size(), "claims");
    assertEquals(1, settled.size(), "settlements");
    assertEquals(claims.getFirst().requestId(), settled.getFirst().reservation().requestId());
    return settled.getFirst();
  }

  public List<Settled> settled() {
    return settled;
  }
}
