package dev.chatgate.gateway.call;

import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.gateway.http.BufferedResponse;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.Reserve;
import dev.chatgate.provider.AnswerSink;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.provider.transport.ConnectionWarmUp;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Reservation;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Upstream;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.PriceBook;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The life of a metered call after its caller is known: body, model, reservation, provider, answer,
 * settlement. Nothing goes to the provider without a reservation, and every reservation is settled,
 * whatever becomes of the call.
 */
public final class MeteredCall {
  private static final Duration ADMISSION_TAKES_AT_MOST = Duration.ofSeconds(5);

  /** How long after the provider's time the client may still take the last words of the answer. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final int MAX_CLIENT_RETRIES = 1000;

  /** How often the end user's tier may change while a call is admitted. */
  private static final int MAX_TIER_CHANGES = 3;

  /** The header with the level whose limit refuses: {@code end_user} or {@code tenant}. */
  private static final String LIMIT_SCOPE = "x-chatgate-limit-scope";

  private final Settings settings;
  private final PriceBook prices;
  private final Ledger ledger;
  private final EndUserTiers tiers;
  private final StoreClock ledgerClock;
  private final ProviderClient provider;
  private final InstantSource clock;

  public MeteredCall(
      Settings settings,
      PriceBook prices,
      Ledger ledger,
      StoreClock ledgerClock,
      ProviderClient provider,
      InstantSource clock) {
    this.settings = settings;
    this.prices = prices;
    this.ledger = ledger;
    this.tiers = new EndUserTiers(ledger);
    this.ledgerClock = ledgerClock;
    this.provider = provider;
    this.clock = clock;
  }

  /**
   * Answers a call, then settles it.
   *
   * @throws dev.chatgate.StoreUnavailableException if the price table, or the tier of an end user
   *     whose call the tier may not allow, cannot be read; no quota is reserved then
   */
  public void answer(Exchange exchange, Caller who, Operation operation, byte[] body) {
    switch (operation.parse(body)) {
      case ParsedRequest.Invalid invalid -> exchange.refuse(invalid.error());
      case ParsedRequest.Valid(var request) -> {
        exchange.log().request(operation.name(), request.model(), request.stream());
        check(Call.of(exchange, tiers.lastSeen(who), operation, request));
      }
    }
  }

  /**
   * Admits the call if the caller may make it. The tier that this instance saw last may be
   * outdated, so a call is refused only by the tier that the store has.
   */
  private void check(Call call) {
    switch (checked(call)) {
      case Checked.Allowed(var reserve, var price) -> admit(call, reserve, price);
      case Checked.Refused _ when !call.isTierStored() ->
          check(call.withTierOf(tiers.stored(call.who)));
      case Checked.Refused(var error) -> {
        call.exchange.log().tier(call.who);
        call.exchange.refuse(error);
      }
    }
  }

  private Checked checked(Call call) {
    return switch (reserve(call)) {
      case Reserve.TooLarge(var error) -> new Checked.Refused(error);
      case Reserve.Fits _ when !call.who.mayUse(call.request.model()) ->
          new Checked.Refused(
              ApiError.about(
                  ErrorCode.MODEL_NOT_ALLOWED,
                  "model",
                  "This credential may not use the model that was asked for."));
      case Reserve.Fits fits -> withPrice(call, fits);
    };
  }

  private Reserve reserve(Call call) {
    long ceiling =
        Math.min(call.who.maxTokensPerRequest().orElse(Reserve.MAX_TOKENS), Reserve.MAX_TOKENS);
    long ifNotSet = call.who.defaultMaxTokens().orElse(settings.defaultMaxTokens());
    return call.request.reserve(ceiling, Math.min(ifNotSet, ceiling));
  }

  private Checked withPrice(Call call, Reserve.Fits reserve) {
    var price = priceOf(call);
    return price.isEmpty() && call.who.limitsMoney()
        ? new Checked.Refused(
            ApiError.about(
                ErrorCode.MODEL_NOT_ALLOWED,
                "model",
                call.who.seesTenantTotals()
                    ? "The model has no price, and this tenant has a limit on cost: it cannot be used."
                    : "The model cannot be used."))
        : new Checked.Allowed(reserve, price);
  }

  /** The price of the name as the tenant sent it, else of the provider's name behind an alias. */
  private Optional<ModelPrice> priceOf(Call call) {
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return prices.priceOf(List.of(call.request.model(), call.upstream.model()), today);
  }

  private void admit(Call call, Reserve.Fits reserve, Optional<ModelPrice> price) {
    var began = clock.instant();
    var claim =
        new Claim(
            call.exchange.requestId(),
            call.who,
            call.request.model(),
            call.request.promptTokens(call.upstream.model()),
            reserve.completionTokens(),
            price,
            callLimit(call),
            onLedgersClock(earlier(began.plus(ADMISSION_TAKES_AT_MOST), call.providerEnd())));
    var ready = ledger.needsStore(claim) ? provider.makeReady() : ConnectionWarmUp.NOW;
    var admission = ledger.admit(claim);
    call.exchange.log().admission(Duration.between(began, clock.instant()), admission.attempts());
    if (admission instanceof Admission.OtherTier(var tier, _) && call.mayChangeTier()) {
      check(call.withTierOf(call.who.withOperatorTier(tier)));
      return;
    }
    call.exchange.log().tier(call.who);
    switch (admission) {
      case Admission.Granted granted -> {
        call.exchange.addHeaders(RateLimitHeaders.of(granted.rateLimits(), call.who));
        callProvider(
            call,
            granted.reservation(),
            ready,
            reserve.insertedLimit(),
            began.plus(callLimit(call)));
      }
      case Admission.Refused refused -> {
        call.exchange.addHeaders(RateLimitHeaders.of(refused.rateLimits(), call.who));
        call.exchange.log().refusedBy(refused.refusal());
        call.exchange.refuse(
            refusal(call, refused.refusal(), claim.tokens()),
            Map.of(LIMIT_SCOPE, refused.refusal().scope().wireName()));
      }
      case Admission.EndUserBlocked _ ->
          call.exchange.refuse(
              ApiError.of(ErrorCode.END_USER_BLOCKED, "This end user has been blocked."));
      case Admission.OtherTier _ -> {
        call.exchange.log().text("cause", "the end user's tier keeps changing");
        call.exchange.refuse(Exchange.storeUnavailable());
      }
      case Admission.Unavailable unavailable -> {
        call.exchange.log().text("cause", unavailable.cause().getClass().getName());
        call.exchange.refuse(Exchange.storeUnavailable());
      }
    }
  }

  private ApiError refusal(Call call, Refusal refusal, long reservedTokens) {
    return refusal.scope() == Refusal.Scope.END_USER || call.who.seesTenantTotals()
        ? Refusals.error(refusal, reservedTokens, call.request::advice, settings.spentStatus())
        : Refusals.withoutNumbers(refusal, settings.spentStatus());
  }

  private Duration callLimit(Call call) {
    return call.exchange.request().door().atMost(settings.callLimit());
  }

  private void callProvider(
      Call call,
      Reservation reservation,
      ConnectionWarmUp ready,
      OptionalLong completionLimit,
      Instant latest) {
    // Should anything below throw, the provider may have worked all the same: the call is charged
    // by our own count.
    Consumption consumption =
        new Consumption.Estimated(
            new TokenCounts(reservation.claim().promptTokens(), 0, 0), Optional.empty());
    var facts = new Facts();
    facts.status = ErrorCode.INTERNAL_ERROR.status();
    facts.code = Optional.of(ErrorCode.INTERNAL_ERROR);
    try {
      var sink = new Sink(call.exchange);
      var upstream = providerCall(call, reservation, completionLimit, latest);
      call.exchange.endWithin(left(upstream.deadline()).plus(LAST_WORDS));
      var outcome = call(call, upstream, ready, sink);
      consumption = outcome.consumption();
      finish(call, outcome, sink, facts);
    } finally {
      settle(call, reservation, consumption, facts);
    }
  }

  private ProviderOutcome call(
      Call call, ProviderCall upstream, ConnectionWarmUp ready, Sink sink) {
    var began = clock.instant();
    var result = provider.call(upstream, ready, sink);
    call.exchange.log().provider(Duration.between(began, clock.instant()), result);
    return result.outcome();
  }

  private ProviderCall providerCall(
      Call call, Reservation reservation, OptionalLong completionLimit, Instant latest) {
    return new ProviderCall(
        call.exchange.requestId(),
        call.operation.providerPath(),
        call.request,
        call.upstream,
        completionLimit,
        earlier(latest, call.providerEnd()),
        reservation.claim().promptTokens(),
        call.exchange.trace().map(TraceContext::parent),
        call.exchange.trace().flatMap(TraceContext::state));
  }

  private static void finish(Call call, ProviderOutcome outcome, Sink sink, Facts facts) {
    switch (outcome) {
      case ProviderOutcome.Answered answered -> {
        facts.status = 200;
        facts.code = answered.brokenBy();
        facts.timeToFirstToken = answered.timeToFirstByte();
        if (sink.tooLarge) {
          facts.refused(ErrorCode.RESPONSE_TOO_LARGE);
          call.exchange.refuse(BufferedResponse.TooLargeException.error());
        }
      }
      case ProviderOutcome.PassedThrough passed -> {
        facts.status = passed.status();
        facts.code = Optional.empty();
        call.exchange.log().passedThrough();
        call.exchange.answer(
            passed.status(),
            Map.of("content-type", passed.contentType(), "x-chatgate-error-source", "provider"),
            passed.body());
      }
      case ProviderOutcome.Failed failed -> {
        facts.refused(failed.error().code());
        call.exchange.refuse(failed.error());
      }
    }
    facts.code.ifPresent(code -> call.exchange.log().code(code));
  }

  private void settle(Call call, Reservation reservation, Consumption consumption, Facts facts) {
    var request = call.exchange.request();
    var giveUpAt = clock.instant().plus(request.door().settlesWithin());
    var end = onLedgersClock(earlier(giveUpAt, request.end()));
    var duration = Duration.between(call.exchange.log().began(), clock.instant());
    var settlement = ledger.settle(reservation, consumption, facts.of(call, duration), end);
    var log = call.exchange.log();
    log.settled(consumption, settlement);
    facts.timeToFirstToken.ifPresent(log::firstByte);
  }

  /** Lambda's deadlines are on this machine's clock, the ledger's on the store's. */
  private Instant onLedgersClock(Instant local) {
    return ledgerClock.instant().plus(Duration.between(clock.instant(), local));
  }

  private Duration left(Instant deadline) {
    var left = Duration.between(clock.instant(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Whether a caller may make a call. */
  private sealed interface Checked {
    /** It may. */
    record Allowed(Reserve.Fits reserve, Optional<ModelPrice> price) implements Checked {}

    /** It may not. */
    record Refused(ApiError error) implements Checked {}
  }

  /**
   * A call with a valid body.
   *
   * @param tierChanges how often the tier was replaced by the one that the store has
   */
  private record Call(
      Exchange exchange,
      Caller who,
      Operation operation,
      MeteredRequest request,
      Upstream upstream,
      int tierChanges) {
    /** To the first upstream of the model: another is not tried yet. */
    static Call of(Exchange exchange, Caller who, Operation operation, MeteredRequest request) {
      var upstream = who.tenant().upstreams(request.model()).getFirst();
      return new Call(exchange, who, operation, request, upstream, 0);
    }

    /** The same call by the caller with the tier that the store has. */
    Call withTierOf(Caller same) {
      return new Call(exchange, same, operation, request, upstream, tierChanges + 1);
    }

    /** Whether the caller has the tier that the store has, or needs none. */
    boolean isTierStored() {
      return tierChanges > 0 || who.tier().isEmpty();
    }

    boolean mayChangeTier() {
      return tierChanges < MAX_TIER_CHANGES;
    }

    /** When the provider must be through, so that settling has its time. */
    Instant providerEnd() {
      return exchange.request().end().minus(exchange.request().door().settling());
    }
  }

  /** What the record will say, filled in as the call goes on. */
  private static final class Facts {
    private int status;
    private Optional<ErrorCode> code = Optional.empty();
    private Optional<Duration> timeToFirstToken = Optional.empty();

    void refused(ErrorCode by) {
      status = by.status();
      code = Optional.of(by);
    }

    CallFacts of(Call call, Duration duration) {
      return new CallFacts(
          status,
          code.map(ErrorCode::wireName),
          call.request.stream(),
          clientRetries(call.exchange.request()),
          call.upstream.model(),
          timeToFirstToken,
          duration);
    }

    private static int clientRetries(GatewayRequest request) {
      return request
          .header("x-stainless-retry-count")
          .filter(count -> count.length() <= 4 && count.chars().allMatch(Character::isDigit))
          .filter(count -> !count.isEmpty())
          .map(count -> Math.min(Integer.parseInt(count), MAX_CLIENT_RETRIES))
          .orElse(0);
    }
  }

  /** Passes the provider's answer on, with our headers, and logs if the client is gone. */
  private static final class Sink implements AnswerSink {
    private final Exchange exchange;
    private boolean tooLarge;

    Sink(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void head(int status, Map<String, String> headers) throws IOException {
      exchange.head(status, headers);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        exchange.channel().write(bytes, offset, length);
      } catch (BufferedResponse.TooLargeException e) {
        tooLarge = true;
        throw e;
      } catch (IOException e) {
        exchange.log().clientGone();
        throw e;
      }
    }

    @Override
    public void end() throws IOException {
      try {
        exchange.channel().end();
      } catch (BufferedResponse.TooLargeException e) {
        tooLarge = true;
        throw e;
      }
    }
  }
}
