package dev.chatgate.gateway.call;

import dev.chatgate.quota.Ledger;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.EndUser;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the tier that an operator gave an end user. A caller without an end user, or whose tenant
 * has no tiers, stays as it is.
 */
public final class EndUserTiers {
  private final Ledger ledger;

  /**
   * @param ledger knows the end users' items
   */
  public EndUserTiers(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * The caller with the tier that this instance saw last. It may be outdated, which the admission
   * of a call notices. Nothing is read.
   */
  public Caller lastSeen(Caller who) {
    return with(who, person -> ledger.lastOperatorTier(who.tenant().id(), person));
  }

  /**
   * The caller with the tier that the store has now: one read.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public Caller stored(Caller who) {
    return with(who, person -> ledger.operatorTier(who.tenant().id(), person));
  }

  private static Caller with(Caller who, Function<EndUser, Optional<String>> tier) {
    return who.tier().isEmpty()
        ? who
        : who.endUser().map(person -> who.withOperatorTier(tier.apply(person))).orElse(who);
  }
}
