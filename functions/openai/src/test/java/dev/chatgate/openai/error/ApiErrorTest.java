package dev.chatgate.openai.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiErrorTest {
  @Test
  void theBodyIsOpenAisErrorObject() {
    assertEquals(
        "{\"error\":{\"message\":\"A \\\"b\\\"\\n\",\"type\":\"invalid_request_error\","
            + "\"param\":\"n\",\"code\":\"invalid_value\"}}",
        text(ApiError.about(ErrorCode.INVALID_VALUE, "n", "A \"b\"\n").body()));
    assertEquals(
        "{\"error\":{\"message\":\"é\\uD83D\\uDE00\",\"type\":\"server_error\",\"param\":null,"
            + "\"code\":\"internal_error\"}}",
        text(ApiError.of(ErrorCode.INTERNAL_ERROR, "é😀").body()));
  }

  @Test
  void theEventIsNamedAndOneLineOfData() {
    assertEquals(
        "event: error\ndata: {\"error\":{\"message\":\"a\\nb\",\"type\":\"server_error\","
            + "\"param\":null,\"code\":\"upstream_incomplete\"}}\n\n",
        text(ApiError.of(ErrorCode.UPSTREAM_INCOMPLETE, "a\nb").event()));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "999999,1,1",
    "1000000,1,1",
    "999000000,1,999",
    "1000000000,1,1000",
    "1000000001,2,1001",
    "60000000000,60,60000",
    "0,1,1"
  })
  void waitsAreRoundedUpToWholeSeconds(long nanos, String seconds, String millis) {
    var error = ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, "m").retryAfter(Duration.ofNanos(nanos));
    assertEquals(
        Map.of(
            "x-chatgate-error-source", "gateway", "retry-after", seconds, "retry-after-ms", millis),
        error.headers());
  }

  @Test
  void aWaitAboveAMinuteIsNotWorthIt() {
    var error =
        ApiError.of(ErrorCode.RATE_LIMIT_EXCEEDED, "m").retryAfter(Duration.ofMillis(60_001));
    assertEquals("false", error.headers().get("x-should-retry"));
    assertEquals("61", error.headers().get("retry-after"));
  }

  @Test
  void whatCannotSucceedSaysSo() {
    var error = ApiError.of(ErrorCode.INSUFFICIENT_QUOTA, "m").withoutRetry().withStatus(402);
    assertEquals("false", error.headers().get("x-should-retry"));
    assertEquals(402, error.status());
    assertEquals("insufficient_quota", error.code().type());
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_JSON,invalid_request_error,gateway",
    "INVALID_API_KEY,invalid_request_error,gateway",
    "RATE_LIMIT_EXCEEDED,rate_limit_error,gateway",
    "INSUFFICIENT_QUOTA,insufficient_quota,gateway",
    "QUOTA_STORE_UNAVAILABLE,server_error,gateway",
    "RESPONSE_TOO_LARGE,server_error,gateway",
    "UPSTREAM_TIMEOUT,server_error,provider"
  })
  void theTypeFollowsTheStatusAndTheSourceTheCode(ErrorCode code, String type, String source) {
    assertEquals(type, code.type());
    assertEquals(source, ApiError.of(code, "m").headers().get("x-chatgate-error-source"));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
