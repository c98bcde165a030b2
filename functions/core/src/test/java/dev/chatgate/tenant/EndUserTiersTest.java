package dev.chatgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EndUserTiersTest {
  private static final TenantId ID = new TenantId("acme");
  private static final EndUser ANN = new EndUser("ann");
  private static final EndUserTier DEFAULT =
      new EndUserTier(
          EndUserTier.DEFAULT,
          Quota.UNLIMITED.with(Quota.MAX_TOKENS_PER_REQUEST, 100),
          Optional.of(List.of("small")));
  private static final EndUserTier PRO =
      new EndUserTier("pro", Quota.UNLIMITED.with(Quota.DEFAULT_MAX_TOKENS, 30));

  private static Tenant tenant(EndUserTier... tiers) {
    var quota =
        Quota.UNLIMITED.with(Quota.MAX_TOKENS_PER_REQUEST, 500).with(Quota.DEFAULT_MAX_TOKENS, 20);
    return new Tenant(
            ID,
            TenantStatus.ACTIVE,
            quota,
            Optional.of(List.of("small", "large")),
            Map.of(),
            Optional.empty())
        .withEndUserTiers(List.of(tiers));
  }

  private static Caller caller(Tenant tenant) {
    return Caller.of(
        new Credential(tenant, Optional.empty(), "key", 7, Optional.empty(), Scope.DEFAULT));
  }

  @Test
  void theOperatorsTierGoesBeforeTheCredentialsAndThatBeforeTheDefaultOne() {
    var caller = caller(tenant(DEFAULT, PRO)).withEndUser(ANN);
    assertEquals(Optional.of(DEFAULT), caller.tier());
    assertEquals(Optional.of(PRO), caller.withCredentialTier(Optional.of("pro")).tier());
    var both =
        caller
            .withCredentialTier(Optional.of("pro"))
            .withOperatorTier(Optional.of(EndUserTier.DEFAULT));
    assertEquals(Optional.of(DEFAULT), both.tier());
    assertEquals(Optional.of(DEFAULT), caller.withOperatorTier(Optional.of("gone")).tier());
  }

  @Test
  void withoutEndUserOrTiersThereIsNoSecondLevel() {
    assertEquals(Optional.empty(), caller(tenant(DEFAULT)).tier());
    assertEquals(Optional.empty(), caller(tenant()).withEndUser(ANN).tier());
  }

  @Test
  void aTierNarrowsModelsAndTokens() {
    var caller = caller(tenant(DEFAULT, PRO)).withEndUser(ANN);
    assertTrue(caller.mayUse("small"));
    assertFalse(caller.mayUse("large"));
    assertEquals(OptionalLong.of(100), caller.maxTokensPerRequest());
    assertEquals(OptionalLong.of(20), caller.defaultMaxTokens());
    var pro = caller.withOperatorTier(Optional.of("pro"));
    assertTrue(pro.mayUse("large"));
    assertFalse(pro.mayUse("other"));
    assertEquals(OptionalLong.of(500), pro.maxTokensPerRequest());
    assertEquals(OptionalLong.of(30), pro.defaultMaxTokens());
  }

  @Test
  void tiersNeedADefaultOneAndTheirOwnNames() {
    assertThrows(IllegalArgumentException.class, () -> tenant(PRO));
    var quota = Quota.UNLIMITED;
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Tenant(
                ID,
                TenantStatus.ACTIVE,
                quota,
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                false,
                List.of(),
                Map.of(EndUserTier.DEFAULT, PRO)));
  }

  @Test
  void otherChangesKeepTheTiers() {
    var tenant = tenant(DEFAULT, PRO);
    assertEquals(2, tenant.withQuota(Quota.UNLIMITED).endUserTiers().size());
    assertEquals(2, tenant.withStatus(TenantStatus.SUSPENDED).endUserTiers().size());
    assertEquals(2, tenant.withIssuers(List.of()).endUserTiers().size());
  }

  /** Computed with {@code printf 'acme\0ann' | sha256sum}: stored keys depend on it. */
  @Test
  void theHashNeverChanges() {
    var hash = EndUserHash.of(ID, ANN);
    assertEquals("58158820c40bcd7c", hash.toString());
    assertEquals(hash, EndUserHash.parse(hash.toString()));
    assertThrows(IllegalArgumentException.class, () -> EndUserHash.parse("12"));
    assertThrows(IllegalArgumentException.class, () -> EndUserHash.parse("x".repeat(16)));
  }
}
