package dev.chatgate.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.GatewayHarness.Answer;
import dev.chatgate.gateway.RecordingLedger;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.RateLimits;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of a person whose tenant has the tiers {@code default} and {@code pro}. */
class EndUserTiersTest {
  private static final String ANN = "ann@example.com";
  private static final Optional<String> NONE = Optional.empty();
  private static final Optional<String> PRO = Optional.of("pro");
  private static final EndUserTier DEFAULT =
      new EndUserTier(
          EndUserTier.DEFAULT,
          new Quota(
              Map.of(Limits.TOKENS_PER_DAY, 1_000L, Quota.MAX_TOKENS_PER_REQUEST, 10L),
              List.of(80)),
          Optional.of(List.of("m")));
  private static final EndUserTier OF_PRO =
      new EndUserTier("pro", new Quota(Map.of(Limits.TOKENS_PER_DAY, 9_000L)));
  private static final RateLimits OWN_LIMITS =
      new RateLimits(
          List.of(new RateLimits.Bucket(Limits.REQUESTS_PER_MINUTE, 10, 7, Duration.ofSeconds(18))),
          List.of(
              new RateLimits.Warning(Limits.TOKENS_PER_DAY, 83),
              new RateLimits.Warning(Limits.TOKENS_PER_MONTH, 101)));

  private final GatewayHarness harness;

  EndUserTiersTest() throws IOException {
    harness = new GatewayHarness();
  }

  @BeforeEach
  void tiers() {
    tenant(tenant -> tenant.withEndUserTiers(List.of(DEFAULT, OF_PRO)));
  }

  @AfterEach
  void stop() {
    assertFalse(harness.log().contains(ANN), harness.log());
    assertFalse(harness.log().contains("\"defect\""), harness.log());
    harness.close();
  }

  private void tenant(UnaryOperator<Tenant> change) {
    harness.key(key ->
        new Credential(
            change.apply(key.tenant()),
            key.tenantCreatedAt(),
            key.keyName(),
            key.keyCode(),
            key.expiresAt(),
            key.scopes()));
  }

  private String secret(Optional<EndUser> endUser, Optional<String> tier) {
    var now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    return harness.clientSecret(
        new ClientSecret(
            new TenantId("acme"),
            Optional.empty(),
            0,
            "id",
            now,
            now.plusSeconds(60),
            endUser,
            tier,
            Narrowing.NONE));
  }

  private Answer chat(Optional<String> tier, String model, int maxTokens) {
    return chat(secret(Optional.of(new EndUser(ANN)), tier), model, maxTokens);
  }

  private Answer chat(String token, String model, int maxTokens) {
    return harness.call(
        "POST",
        "/v1/chat/completions",
        Map.of("authorization", "Bearer " + token),
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":%d}"
            .formatted(model, maxTokens));
  }

  private Answer models() {
    return harness.call(
        "GET",
        "/v1/models",
        Map.of("authorization", "Bearer " + secret(Optional.of(new EndUser(ANN)), NONE)),
        "");
  }

  private void stored(Optional<String> last, Optional<String> stored) {
    harness.ledger.tiers(last, () -> stored);
  }

  private Optional<String> claimedTier() {
    return harness.ledger.claims().getLast().caller().tier().map(EndUserTier::name);
  }

  @Test
  void whoHasNoOtherTierHasTheDefaultOne() {
    assertEquals(200, chat(NONE, "m", 10).status());
    assertEquals(Optional.of("default"), claimedTier());
    assertTrue(harness.log().contains("\"end_user_tier\":\"default\""), harness.log());
    assertFalse(harness.log().contains("unknown_tier"), harness.log());
    assertEquals(List.of(), harness.ledger.tiersRead());
  }

  @Test
  void theCredentialNamesTheTier() {
    assertEquals(200, chat(PRO, "other", 500).status());
    assertEquals(PRO, claimedTier());
    assertEquals(List.of(), harness.ledger.tiersRead());
  }

  @Test
  void theOperatorsTierGoesBeforeTheCredentials() {
    stored(Optional.of("default"), Optional.of("default"));
    assertEquals(200, chat(PRO, "m", 10).status());
    assertEquals(Optional.of("default"), claimedTier());
    assertEquals("model_not_allowed", chat(PRO, "other", 10).code());
  }

  @Test
  void aTierThatTheTenantHasNoMoreIsTheDefaultOneAndLogged() {
    assertEquals(200, chat(Optional.of("gone"), "m", 10).status());
    assertEquals(Optional.of("default"), claimedTier());
    assertTrue(harness.log().contains("\"unknown_tier\":true"), harness.log());
    assertFalse(harness.log().contains("gone"), harness.log());
  }

  @Test
  void aTenantWithoutTiersHasNoSecondLevel() {
    tenant(tenant -> tenant.withEndUserTiers(List.of()));
    assertEquals(200, chat(PRO, "other", 500).status());
    assertEquals(NONE, claimedTier());
    assertEquals(1, harness.ledger.claims().getLast().levels().size());
    assertFalse(harness.log().contains("end_user_tier"), harness.log());
  }

  @Test
  void aClientSecretWithoutAPersonHasNoSecondLevel() {
    harness.ledger.answerWith(claim -> withLimits(RecordingLedger.grant(claim), OWN_LIMITS));
    var answer = chat(secret(Optional.empty(), NONE), "other", 500);
    assertEquals(200, answer.status());
    assertEquals(NONE, claimedTier());
    assertEquals("", answer.header("x-ratelimit-limit-requests"));
    assertEquals("", answer.header("x-chatgate-quota-warning"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"other 10", "m 11"})
  void aCallIsOnlyRefusedByTheTierThatTheStoreHas(String modelAndTokens) {
    var call = modelAndTokens.split(" ", 2);
    stored(NONE, PRO);
    assertEquals(200, chat(NONE, call[0], Integer.parseInt(call[1])).status());
    assertEquals(PRO, claimedTier());
    assertEquals(List.of(new EndUser(ANN)), harness.ledger.tiersRead());
    stored(NONE, NONE);
    var refused = chat(NONE, call[0], Integer.parseInt(call[1]));
    assertEquals(
        call[0].equals("m") ? "max_tokens_too_large" : "model_not_allowed", refused.code());
    assertEquals(2, harness.ledger.tiersRead().size(), "one read a call");
    assertEquals(1, harness.ledger.claims().size());
  }

  @Test
  void aTierThatCannotBeReadIsAnAbsentStore() {
    harness.ledger.tiers(
        NONE,
        () -> {
          throw new StoreUnavailableException("reading", new IOException());
        });
    assertEquals("quota_store_unavailable", chat(NONE, "other", 10).code());
    assertEquals("quota_store_unavailable", models().code());
    assertEquals(200, chat(NONE, "m", 10).status());
  }

  @Test
  void aTierThatTheAdmissionFindsIsCheckedBeforeTheNextClaim() {
    stored(PRO, PRO);
    harness.ledger.answerWith(claim ->
        claim.caller().operatorTier().equals(PRO)
            ? new Admission.OtherTier(NONE, 1)
            : RecordingLedger.grant(claim));
    assertEquals("model_not_allowed", chat(NONE, "other", 10).code());
    assertEquals(1, harness.ledger.claims().size(), "the default tier does not allow the model");
    assertEquals(List.of(), harness.ledger.tiersRead(), "the admission has just read it");
    assertEquals(200, chat(NONE, "m", 10).status());
    assertEquals(Optional.of("default"), claimedTier());
  }

  @Test
  void aTierThatKeepsChangingEndsInA503() {
    harness.ledger.answerWith(
        claim -> new Admission.OtherTier(claim.caller().operatorTier().isEmpty() ? PRO : NONE, 1));
    assertEquals("quota_store_unavailable", chat(NONE, "m", 10).code());
    assertEquals(4, harness.ledger.claims().size());
    assertEquals(List.of(), harness.bodiesAtProvider);
  }

  @Test
  void aBlockedPersonIsA403() {
    harness.ledger.answerWith(new Admission.EndUserBlocked(1));
    var answer = chat(NONE, "m", 10);
    assertEquals(403, answer.status());
    assertEquals("end_user_blocked", answer.code());
    assertEquals("", answer.header("x-chatgate-limit-scope"));
    assertEquals(List.of(), harness.bodiesAtProvider);
    assertTrue(harness.log().contains("\"code\":\"end_user_blocked\""), harness.log());
  }

  private static Refusal refusal(Refusal.Scope scope) {
    return new Refusal(
            Limits.TOKENS_PER_DAY,
            Refusal.Kind.SPENT,
            4444,
            7777,
            6666,
            5555,
            Optional.of(Duration.ofHours(1)),
            Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
            OptionalLong.empty())
        .of(scope);
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalSaysWhoseLimitItWasAndNumbersOfThePersonAlone(Refusal.Scope scope) {
    harness.ledger.answerWith(new Admission.Refused(refusal(scope), OWN_LIMITS, 1));
    var answer = chat(NONE, "m", 10);
    assertEquals(402, answer.status());
    assertEquals(scope.wireName(), answer.header("x-chatgate-limit-scope"));
    assertEquals("3600", answer.header("retry-after"));
    assertEquals("7", answer.header("x-ratelimit-remaining-requests"), "the person's");
    boolean own = scope == Refusal.Scope.END_USER;
    assertTrue(answer.body().contains(own ? "end user" : "tenant"), answer.body());
    assertFalse(answer.body().contains(own ? "tenant" : "end user"), answer.body());
    assertEquals(own, answer.body().contains("7777"), answer.body());
    assertEquals(own, answer.body().matches("(?s).*(4444|6666|5555|tokens_per_day).*"));
    assertTrue(harness.log().contains("\"limit_scope\":\"" + scope.wireName()), harness.log());
  }

  @Test
  void headersAreThePersonsOwn() {
    harness.ledger.answerWith(claim -> withLimits(RecordingLedger.grant(claim), OWN_LIMITS));
    var answer = chat(NONE, "m", 10);
    assertEquals("10", answer.header("x-ratelimit-limit-requests"));
    assertEquals("7", answer.header("x-ratelimit-remaining-requests"));
    assertEquals("", answer.header("x-ratelimit-limit-tokens"), "no such limit");
    assertEquals(
        "tokens_per_day=83, tokens_per_month=101", answer.header("x-chatgate-quota-warning"));
  }

  private static Admission withLimits(Admission granted, RateLimits limits) {
    return new Admission.Granted(((Admission.Granted) granted).reservation(), limits, 1);
  }

  @Test
  void aWarningIsALineWithItsMetric() {
    harness.ledger.warn(
        new QuotaWarning(Refusal.Scope.END_USER, Limits.TOKENS_PER_DAY, 80, 834, 1_000),
        new QuotaWarning(Refusal.Scope.TENANT, Limits.COST_PER_MONTH, 95, 9_600_000, 10_000_000));
    assertEquals(200, chat(NONE, "m", 10).status());
    var lines = harness.log().lines().toList();
    assertEquals(3, lines.size(), harness.log());
    var call = lines.getFirst();
    var hash = call.replaceAll(".*\"end_user\":\"([0-9a-f]{32})\".*", "$1");
    assertTrue(
        lines
            .get(1)
            .startsWith(
                "{\"kind\":\"warning\",\"tenant\":\"acme\",\"end_user\":\"%s\",\"limit_scope\":\"end_user\",\"limit\":\"tokens_per_day\",\"percent\":80,\"settled\":834,\"allowed\":1000,\"warnings\":1,"
                    .formatted(hash)),
        lines.get(1));
    assertTrue(
        lines
            .get(2)
            .startsWith(
                "{\"kind\":\"warning\",\"tenant\":\"acme\",\"limit_scope\":\"tenant\",\"limit\":\"cost_per_month_usd\",\"percent\":95,\"settled\":9600000,\"allowed\":10000000,\"warnings\":1,"),
        lines.get(2));
    assertTrue(lines.get(2).contains("\"Dimensions\":[[\"FunctionName\",\"limit_scope\"]]"));
  }

  @Test
  void theListOfModelsIsThatOfTheStoredTier() {
    harness.provider(call ->
        GatewayHarness.reply(
            call, 200, "{\"data\":[{\"id\":\"m\"},{\"id\":\"other\"}],\"object\":\"list\"}"));
    Supplier<Long> count = () -> (long) models().body().split("\"id\"", -1).length - 1;
    assertEquals(1, count.get());
    stored(NONE, PRO);
    assertTrue(models().body().contains("\"other\""));
    assertEquals(2, harness.ledger.tiersRead().size());
  }
}
