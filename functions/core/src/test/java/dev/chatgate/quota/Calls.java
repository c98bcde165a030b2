package dev.chatgate.quota;

import dev.chatgate.RequestId;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** Claims and settlements of tests. */
public final class Calls {
  /** One micro-dollar a token, prompt or completion. */
  public static final ModelPrice PRICE =
      new ModelPrice(
          "m",
          LocalDate.of(2026, 1, 1),
          List.of(new ModelPrice.Tier(0, 1_000_000, OptionalLong.empty(), 1_000_000)));

  public static final CallFacts FACTS =
      new CallFacts(200, Optional.empty(), true, 0, "m", Optional.empty(), Duration.ofMillis(1234));

  private Calls() {}

  /** A quota of which single limits are set. */
  public static final class LimitsOf {
    private Quota quota = Quota.UNLIMITED;

    public LimitsOf with(Limit limit, long value) {
      quota = quota.with(limit, value);
      return this;
    }

    public LimitsOf requestsPerMinute(long limit) {
      return with(Limits.REQUESTS_PER_MINUTE, limit);
    }

    public LimitsOf tokensPerMinute(long limit) {
      return with(Limits.TOKENS_PER_MINUTE, limit);
    }

    public LimitsOf tokensPerDay(long limit) {
      return with(Limits.TOKENS_PER_DAY, limit);
    }

    public LimitsOf tokensPerMonth(long limit) {
      return with(Limits.TOKENS_PER_MONTH, limit);
    }

    public LimitsOf microUsdPerMonth(long limit) {
      return with(Limits.COST_PER_MONTH, limit);
    }

    public LimitsOf concurrent(long limit) {
      return with(Limits.CONCURRENT_REQUESTS, limit);
    }

    public Quota quota() {
      return quota;
    }
  }

  public static LimitsOf limits() {
    return new LimitsOf();
  }

  /** A claim of half prompt, half completion. */
  public static Claim claim(
      RandomGenerator random, TenantId tenant, Quota quota, long tokens, Instant giveUpAt) {
    return claim(random, tenant, quota, "m", tokens, giveUpAt);
  }

  public static Claim claim(
      RandomGenerator random,
      TenantId tenant,
      Quota quota,
      String model,
      long tokens,
      Instant giveUpAt) {
    return new Claim(
        RequestId.fresh(random),
        caller(tenant, quota),
        model,
        tokens / 2,
        tokens - tokens / 2,
        Optional.of(PRICE),
        Duration.ofSeconds(60),
        giveUpAt);
  }

  /** The same claim of a model that has no price: its name is configured nowhere. */
  public static Claim unpriced(Claim claim) {
    return new Claim(
        claim.requestId(),
        claim.caller(),
        claim.model(),
        claim.promptTokens(),
        claim.completionTokens(),
        Optional.empty(),
        claim.callLimit(),
        claim.giveUpAt());
  }

  /** The same claim by another caller. */
  public static Claim by(Claim claim, Caller caller) {
    return new Claim(
        claim.requestId(),
        caller,
        claim.model(),
        claim.promptTokens(),
        claim.completionTokens(),
        claim.price(),
        claim.callLimit(),
        claim.giveUpAt());
  }

  /** The same claim for an end user of a tenant that has these tiers. */
  public static Claim of(Claim claim, EndUser endUser, EndUserTier... tiers) {
    var credential = claim.caller();
    var tenant = credential.tenant().withEndUserTiers(List.of(tiers));
    return by(
        claim,
        new Caller(
            tenant,
            credential.kind(),
            credential.keyName(),
            credential.keyCode(),
            credential.scopes(),
            credential.narrowing(),
            Optional.of(endUser)));
  }

  /** The default tier with these limits. */
  public static EndUserTier tier(Quota quota) {
    return new EndUserTier(EndUserTier.DEFAULT, quota);
  }

  /** What is known of a call that the provider refused. */
  public static CallFacts refused(int status) {
    return new CallFacts(
        status, Optional.empty(), false, 0, "m", Optional.empty(), Duration.ofMillis(12));
  }

  private static Caller caller(TenantId tenant, Quota quota) {
    return Caller.of(
        new Credential(
            new Tenant(
                tenant, TenantStatus.ACTIVE, quota, Optional.empty(), Map.of(), Optional.empty()),
            Optional.empty(),
            "key",
            7,
            Optional.empty(),
            Scope.DEFAULT));
  }

  /** Usage as the provider tells it, half prompt, half completion. */
  public static Consumption used(long tokens) {
    return new Consumption.Measured(
        new TokenCounts(tokens / 2, 0, tokens - tokens / 2), "{\"total_tokens\":" + tokens + "}");
  }
}
