package dev.chatgate.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  @Test
  void aWaitIsARateLimitWithoutTheWordsThatStopClients() {
    var error =
        Refusals.error(
            refusal(Limits.TOKENS_PER_MINUTE, Refusal.Kind.WAIT, Duration.ofMillis(1500)),
            300,
            RefusalsTest::advice,
            429);
    assertEquals(ErrorCode.RATE_LIMIT_EXCEEDED, error.code());
    assertEquals("2", error.headers().get("retry-after"));
    assertEquals("1500", error.headers().get("retry-after-ms"));
    assertNull(error.headers().get("x-should-retry"));
    assertEquals(
        "The tenant's limit tokens_per_minute of 1000 tokens leaves no room for this call, which needs 300 tokens:"
            + " 600 tokens settled, 200 tokens in flight.",
        error.message());
    var lower = error.message().toLowerCase(Locale.ROOT);
    assertFalse(lower.contains("quota") || lower.contains("billing"));
  }

  @Test
  void aLongWaitIsNotToBeRepeated() {
    var error =
        Refusals.error(
            refusal(Limits.TOKENS_PER_DAY, Refusal.Kind.WAIT, Duration.ofSeconds(61)),
            300,
            RefusalsTest::advice,
            429);
    assertEquals("false", error.headers().get("x-should-retry"));
  }

  @Test
  void aSpentLimitIsInsufficientQuotaWithTheStatusThatIsSet() {
    var spent = refusal(Limits.COST_PER_MONTH, Refusal.Kind.SPENT, Duration.ofHours(3));
    var error = Refusals.error(spent, 300, RefusalsTest::advice, 402);
    assertEquals(ErrorCode.INSUFFICIENT_QUOTA, error.code());
    assertEquals(402, error.status());
    assertEquals("false", error.headers().get("x-should-retry"));
    assertEquals(
        "Quota used up. The tenant's limit cost_per_month_usd of $0.001 leaves no room for this call, which"
            + " needs $0.0003: $0.0006 settled, $0.0002 in flight, free again at 2026-12-01T00:00:00Z.",
        error.message());
  }

  @Test
  void requestsAreNamedAsRequests() {
    var message =
        error(
                new Refusal(
                    Limits.CONCURRENT_REQUESTS,
                    Refusal.Kind.WAIT,
                    1,
                    3,
                    0,
                    3,
                    Optional.of(Duration.ofSeconds(1)),
                    Optional.empty(),
                    OptionalLong.empty()))
            .message();
    assertEquals(
        "The tenant's limit max_concurrent_requests of 3 requests leaves no room for this call, which needs"
            + " 1 request: 0 requests settled, 3 requests in flight.",
        message);
  }

  @Test
  void whatCanNeverFitIsTheRequestsFaultAndSaysWhatWouldFit() {
    var error = error(neverFits(Limits.TOKENS_PER_DAY, 300, 100, 80));
    assertEquals(ErrorCode.RESERVE_TOO_LARGE, error.code());
    assertEquals(400, error.status());
    assertEquals("invalid_request_error", error.code().type());
    assertEquals(Map.of("x-chatgate-error-source", "gateway"), error.headers());
    assertEquals(
        "This call reserves 300 tokens, more than the tenant's limit tokens_per_day of 100 tokens can"
            + " ever hold. Largest: 80.",
        error.message());
  }

  @Test
  void moneyThatCanNeverFitIsToldInDollarsAndTheReserveInTokens() {
    assertEquals(
        "This call reserves 300 tokens at a price of up to $1.25, more than the tenant's limit"
            + " cost_per_month_usd of $0.5 can ever hold. Largest: 80.",
        error(neverFits(Limits.COST_PER_MONTH, 1_250_000, 500_000, 80)).message());
  }

  @Test
  void whereNothingFitsTheAdviceIsForZero() {
    assertTrue(
        error(neverFits(Limits.TOKENS_PER_DAY, 300, 1, 0))
            .message()
            .endsWith("of 1 token can ever hold. Largest: 0."));
  }

  @Test
  void aLimitOfZeroStaysARateLimitThatIsNotToBeRepeated() {
    for (var rule : Limits.ALL.rules()) {
      var limit = rule.limit();
      var error =
          error(
              new Refusal(
                  limit,
                  Refusal.Kind.BLOCKED,
                  300,
                  0,
                  0,
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  OptionalLong.empty()));
      assertEquals(ErrorCode.RATE_LIMIT_EXCEEDED, error.code());
      assertEquals(429, error.status());
      assertEquals("false", error.headers().get("x-should-retry"));
      assertNull(error.headers().get("retry-after"));
      assertEquals(
          "The tenant's limit " + limit.key() + " is 0: no call is allowed.", error.message());
    }
  }

  @Test
  void withoutNumbersOnlyTheMessageDiffers() {
    for (var kind : Refusal.Kind.values()) {
      for (var rule : Limits.ALL.rules()) {
        var refusal =
            new Refusal(
                rule.limit(),
                kind,
                4444,
                7777,
                6666,
                5555,
                Optional.of(Duration.ofMillis(1500)),
                Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
                OptionalLong.of(8888));
        var full = Refusals.error(refusal, 9999, RefusalsTest::advice, 402);
        var bare = Refusals.withoutNumbers(refusal, 402);
        assertEquals(full.code(), bare.code());
        assertEquals(full.status(), bare.status());
        assertEquals(full.headers(), bare.headers());
        assertFalse(bare.message().matches(".*([0-9$]|_per_).*"), bare.message());
        assertTrue(bare.message().contains("this tenant"), bare.message());
        var lower = bare.message().toLowerCase(Locale.ROOT);
        assertEquals(kind == Refusal.Kind.SPENT, lower.contains("quota"), lower);
      }
    }
  }

  private static ApiError error(Refusal refusal) {
    return Refusals.error(refusal, 300, RefusalsTest::advice, 429);
  }

  private static String advice(long largest) {
    return "Largest: " + largest + ".";
  }

  private static Refusal neverFits(Limit limit, long requested, long allowed, long largest) {
    return new Refusal(
        limit,
        Refusal.Kind.NEVER_FITS,
        requested,
        allowed,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        largest > 0 ? OptionalLong.of(largest) : OptionalLong.empty());
  }

  private static Refusal refusal(Limit limit, Refusal.Kind kind, Duration wait) {
    return new Refusal(
        limit,
        kind,
        300,
        1000,
        600,
        200,
        Optional.of(wait),
        limit.isMoney() ? Optional.of(Instant.parse("2026-12-01T00:00:00Z")) : Optional.empty(),
        OptionalLong.empty());
  }
}
