package dev.chatgate.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1s",
    "999,1s",
    "1001,2s",
    "59999,1m0s",
    "60000,1m0s",
    "361000,6m1s",
    "-5,0s"
  })
  void writesResetsInOpenAisForm(long millis, String written) {
    assertEquals(written, RateLimitHeaders.reset(Duration.ofMillis(millis)));
  }

  private static final Caller SERVER =
      Caller.of(
          new Credential(
              TenantJson.readOne("{\"id\":\"acme\"}").tenant(),
              Optional.empty(),
              "ci",
              0,
              Optional.empty(),
              Scope.DEFAULT));

  @Test
  void writesTheLimitsThatThereAre() {
    var requests = new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 10, 9, Duration.ofSeconds(6));
    assertEquals(
        Map.of(
            "x-ratelimit-limit-requests", "10",
            "x-ratelimit-remaining-requests", "9",
            "x-ratelimit-reset-requests", "6s"),
        RateLimitHeaders.of(new RateLimits(List.of(requests)), SERVER));
    assertEquals(Map.of(), RateLimitHeaders.of(RateLimits.NONE, SERVER));
  }

  @Test
  void aPersonDoesNotSeeTheTenantsLimits() {
    var requests = new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 10, 9, Duration.ofSeconds(6));
    assertEquals(
        Map.of(),
        RateLimitHeaders.of(
            new RateLimits(List.of(requests)), SERVER.withEndUser(new EndUser("ann"))));
  }
}
