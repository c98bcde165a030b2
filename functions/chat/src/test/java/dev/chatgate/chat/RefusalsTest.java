package dev.chatgate.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.quota.Limit;
import dev.chatgate.quota.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  @Test
  void aWaitIsARateLimitWithoutTheWordsThatStopClients() {
    var error =
        Refusals.error(
            refusal(Limit.TOKENS_PER_MINUTE, Refusal.Kind.WAIT, Duration.ofMillis(1500)), 1, 429);
    assertEquals(ErrorCode.RATE_LIMIT_EXCEEDED, error.code());
    assertEquals("2", error.headers().get("retry-after"));
    assertEquals("1500", error.headers().get("retry-after-ms"));
    assertNull(error.headers().get("x-should-retry"));
    assertEquals(
        "The limit tokens_per_minute of 1000 leaves no room for this call, which needs 300: 600 settled,"
            + " 200 in flight.",
        error.message());
    var lower = error.message().toLowerCase(Locale.ROOT);
    assertFalse(lower.contains("quota") || lower.contains("billing"));
  }

  @Test
  void aLongWaitIsNotToBeRepeated() {
    var error =
        Refusals.error(
            refusal(Limit.TOKENS_PER_DAY, Refusal.Kind.WAIT, Duration.ofSeconds(61)), 1, 429);
    assertEquals("false", error.headers().get("x-should-retry"));
  }

  @Test
  void aSpentLimitIsInsufficientQuotaWithTheStatusThatIsSet() {
    var spent = refusal(Limit.COST_PER_MONTH, Refusal.Kind.SPENT, Duration.ofHours(3));
    var error = Refusals.error(spent, 1, 402);
    assertEquals(ErrorCode.INSUFFICIENT_QUOTA, error.code());
    assertEquals(402, error.status());
    assertEquals("false", error.headers().get("x-should-retry"));
    assertEquals(
        "Quota used up. The limit cost_per_month_usd of $0.001 leaves no room for this call, which needs"
            + " $0.0003: $0.0006 settled, $0.0002 in flight, free again at 2026-12-01T00:00:00Z.",
        error.message());
  }

  @Test
  void whatCanNeverFitSaysWhatWould() {
    var never =
        new Refusal(
            Limit.TOKENS_PER_DAY,
            Refusal.Kind.NEVER_FITS,
            300,
            100,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            OptionalLong.of(80));
    var error = Refusals.error(never, 3, 429);
    assertEquals(ErrorCode.RATE_LIMIT_EXCEEDED, error.code());
    assertEquals("false", error.headers().get("x-should-retry"));
    assertNull(error.headers().get("retry-after"));
    assertEquals(
        "This call needs 300, more than the limit tokens_per_day of 100 can ever hold. The largest"
            + " max_tokens that fits is 26.",
        error.message());
  }

  @Test
  void whereNotEvenOneTokenAChoiceFitsItSaysSo() {
    var never =
        new Refusal(
            Limit.TOKENS_PER_DAY,
            Refusal.Kind.NEVER_FITS,
            300,
            100,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            OptionalLong.of(2));
    assertTrue(Refusals.error(never, 3, 429).message().endsWith(" No max_tokens fits."));
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
        limit == Limit.COST_PER_MONTH
            ? Optional.of(Instant.parse("2026-12-01T00:00:00Z"))
            : Optional.empty(),
        OptionalLong.empty());
  }
}
