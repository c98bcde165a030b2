package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.tenant.StoredTenant;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Tenants as an earlier and a later release wrote them. */
class StoredTenantTest {
  /** Word for word what release 0.1.0 wrote of a tenant with everything set. */
  private static final String OF_0_1_0 =
      "{\"id\":\"acme\",\"status\":\"suspended\",\"quota\":{\"requests_per_minute\":1,"
          + "\"tokens_per_minute\":2,\"tokens_per_day\":3,\"tokens_per_month\":4,"
          + "\"cost_per_month_usd\":5.000006,\"max_concurrent_requests\":7,"
          + "\"max_tokens_per_request\":8,\"default_max_tokens\":9},\"models\":[\"a\",\"b\"],"
          + "\"model_aliases\":{\"fast\":\"provider/x\"},\"allowed_origins\":[\"https://a.example\"]}";

  /** What a later release might write: members of every shape that this one does not know. */
  private static final String OF_A_LATER_ONE =
      "{\"form\":2,\"id\":\"acme\",\"status\":\"active\",\"plans\":{\"pro\":{\"deep\":[1,{\"a\":null}]}},"
          + "\"quota\":{\"tokens_per_week\":70,\"tokens_per_day\":10,\"warn_by\":[\"mail\"]},"
          + "\"issuers\":[{\"issuer\":\"https://login.example\",\"audiences\":[\"app\"],"
          + "\"plan_claim\":\"/plan\"}],\"model_aliases\":{},"
          + "\"end_user_tiers\":{\"default\":{\"tokens_per_week\":7,\"tokens_per_day\":1},"
          + "\"pro\":{\"hosted_tools\":[\"search\"],\"models\":[\"a\"]}}}";

  private final LocalDynamoDb dynamo = LocalDynamoDb.start();
  private final TenantStore store = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor =
      new TenantEditor(dynamo.client(), dynamo.tables(), new Random(1), StoredTenantTest::noPause);

  private static void noPause(Duration pause) {}

  @AfterEach
  void stop() {
    dynamo.close();
  }

  @Test
  void whatTheReleaseBeforeWroteIsReadAndWrittenTheSame() {
    var tenant = StoredTenant.read(OF_0_1_0);
    assertEquals(TenantStatus.SUSPENDED, tenant.status());
    assertEquals(OptionalLong.of(5_000_006), tenant.quota().get(Limits.COST_PER_MONTH));
    assertEquals(OptionalLong.of(9), tenant.quota().defaultMaxTokens());
    assertEquals(Optional.of(List.of("a", "b")), tenant.models());
    assertEquals(OF_0_1_0, TenantItemWriter.config(tenant, Optional.of(OF_0_1_0)));
    assertEquals(OF_0_1_0, TenantItemWriter.config(tenant, Optional.empty()));
    assertEquals(TenantJson.readOne(OF_0_1_0).tenant(), tenant, "the strict reader agrees");
  }

  @Test
  void whatIsNotKnownIsIgnoredAndKept() {
    var tenant = StoredTenant.read(OF_A_LATER_ONE);
    assertEquals(OptionalLong.of(10), tenant.quota().get(Limits.TOKENS_PER_DAY));

    var written = TenantItemWriter.config(tenant, Optional.of(OF_A_LATER_ONE));
    assertTrue(written.contains("\"plans\":{\"pro\":{\"deep\":[1,{\"a\":null}]}}"), written);
    assertTrue(written.contains("\"plan_claim\":\"/plan\""), written);
    assertTrue(written.contains("\"tokens_per_week\":70"), written);
    assertTrue(written.contains("\"warn_by\":[\"mail\"]"), written);
    assertTrue(written.contains("\"form\":2"), written);
    assertTrue(written.contains("\"tokens_per_day\":1,\"tokens_per_week\":7}"), written);
    assertTrue(
        written.contains("\"pro\":{\"models\":[\"a\"],\"hosted_tools\":[\"search\"]}"), written);
    assertEquals(tenant, StoredTenant.read(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"quota\"",
        "\"status\",\"models\"",
        "\"quota.tokens_per_day\",\"quota.cost_per_month_usd\"",
        "\"require_end_user\",\"issuers\",\"issuers.required_claims\"",
        "\"end_user_tiers\",\"issuers.tier_claim\",\"quota.warn_at\"",
        "\"end_user_tiers.tokens_per_day\",\"end_user_tiers.models\",\"end_user_tiers.warn_at\"",
        ""
      })
  void aCriticalMemberThatIsKnownChangesNothing(String names) {
    var tenant = StoredTenant.read("{\"id\":\"acme\",\"critical\":[" + names + "]}");
    assertEquals(new TenantId("acme"), tenant.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tiers\"",
        "\"quota.tokens_per_week\"",
        "\"quota.models\"",
        "\"end_user_tiers\",\"end_user_tiers.tokens_per_week\"",
        "\"end_user_tiers.default\"",
        "\"end_user_tiers.\"",
        "\"issuers.plan_claim\"",
        "\"models.quota\"",
        "\"form\""
      })
  void aCriticalMemberThatIsNotKnownRefusesTheTenant(String names) {
    var config = "{\"critical\":[" + names + "],\"id\":\"acme\"}";
    var refused = assertThrows(StoreUnavailableException.class, () -> StoredTenant.read(config));
    assertEquals("reading a tenant that a later release wrote", refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"status\":\"active\"}",
        "{\"id\":17}",
        "{\"id\":\"secretive\",\"quota\":{\"tokens_per_day\":\"secretive\"}}",
        "{\"id\":\"acme\",\"status\":\"secretive\"}",
        "{\"id\":\"acme\",\"quota\":{\"tokens_per_day\":1e99}}",
        "{\"id\":\"acme\",\"models\":\"secretive\"}",
        "{\"id\":\"acme\",\"critical\":\"secretive\"}",
        "{\"id\":\"acme\",\"require_end_user\":\"secretive\"}",
        "{\"id\":\"acme\",\"issuers\":{\"issuer\":\"secretive\"}}",
        "{\"id\":\"acme\",\"issuers\":[\"secretive\"]}",
        "{\"id\":\"acme\",\"issuers\":[{\"issuer\":\"secretive\"}]}",
        "{\"id\":\"acme\",\"issuers\":[{\"audiences\":[\"secretive\"]}]}",
        "{\"id\":\"acme\",\"issuers\":[{\"issuer\":\"i\",\"audiences\":[\"a\"],\"jwks\":\"secretive\"}]}",
        "{\"id\":\"acme\",\"issuers\":[{\"issuer\":\"i\",\"audiences\":[\"a\"],\"jwks_uri\":\"se cretive\"}]}",
        "{\"id\":\"acme\",\"issuers\":[{\"issuer\":\"i\",\"audiences\":[\"a\"],\"tier_claim\":7}]}",
        "{\"id\":\"acme\",\"quota\":{\"warn_at\":80}}",
        "{\"id\":\"acme\",\"quota\":{\"warn_at\":[\"secretive\"]}}",
        "{\"id\":\"acme\",\"quota\":{\"warn_at\":[80.5]}}",
        "{\"id\":\"acme\",\"quota\":{\"warn_at\":[101]}}",
        "{\"id\":\"acme\",\"quota\":{\"warn_at\":[99999999999]}}",
        "{\"id\":\"acme\",\"end_user_tiers\":[\"secretive\"]}",
        "{\"id\":\"acme\",\"end_user_tiers\":{\"secretive\":{}}}",
        "{\"id\":\"acme\",\"end_user_tiers\":{\"default\":\"secretive\"}}",
        "{\"id\":\"acme\",\"end_user_tiers\":{\"default\":{\"tokens_per_day\":true}}}",
        "{\"id\":\"acme\",\"end_user_tiers\":{\"default\":{\"tokens_per_day\":-1}}}",
        "{\"id\":\"acme\",\"end_user_tiers\":{\"default\":{\"models\":\"secretive\"}}}",
        "{\"id\":\"acme\",\"issuers\":[{\"issuer\":\"i\",\"audiences\":[\"a\"],"
            + "\"required_claims\":{\"secretive\":[1]}}]}"
      })
  void aDamagedTenantIsSaidWithoutQuotingIt(String config) {
    var damaged = assertThrows(IllegalStateException.class, () -> StoredTenant.read(config));
    assertEquals("a tenant's stored configuration is damaged", damaged.getMessage());
    assertNull(damaged.getCause());
  }

  /** Each later rewrite leaves what the release before must not ignore as it should be. */
  @Test
  void aTenantThatRequiresAnEndUserIsRefusedByAReleaseThatDoesNotKnowThat() {
    var optional = StoredTenant.read(OF_0_1_0);
    var required = TenantJson.readOne("{\"id\":\"acme\",\"require_end_user\":true}").tenant();
    var text = "\"require_end_user\":true,\"critical\":[\"require_end_user\"]}";
    var first = TenantItemWriter.config(required, Optional.of(OF_0_1_0));
    assertTrue(first.endsWith(text), first);
    assertTrue(StoredTenant.read(first).requireEndUser());
    var second = TenantItemWriter.config(required, Optional.of(first));
    assertEquals(first, second);
    assertEquals(OF_0_1_0, TenantItemWriter.config(optional, Optional.of(second)));
    var others = "{\"id\":\"acme\",\"critical\":[\"models\",\"require_end_user\"]}";
    assertTrue(
        TenantItemWriter.config(optional, Optional.of(others))
            .endsWith("\"critical\":[\"models\"]}"));
    assertTrue(
        TenantItemWriter.config(required, Optional.of(others))
            .endsWith("\"critical\":[\"models\",\"require_end_user\"]}"));
  }

  @Test
  void aTenantWithTiersIsRefusedByAReleaseThatDoesNotKnowThem() {
    var plain = StoredTenant.read(OF_0_1_0);
    var tiers =
        TenantJson.readOne(
                "{\"id\":\"acme\",\"quota\":{\"warn_at\":[95,80]},\"end_user_tiers\":{"
                    + "\"pro\":{\"tokens_per_day\":20,\"cost_per_month_usd\":1.5,\"models\":[\"a\",\"b\"]},"
                    + "\"default\":{\"tokens_per_day\":10,\"warn_at\":[50]}}}")
            .tenant();
    var first = TenantItemWriter.config(tiers, Optional.of(OF_0_1_0));
    assertEquals(
        "{\"id\":\"acme\",\"status\":\"active\",\"quota\":{\"warn_at\":[80,95]},\"model_aliases\":{},"
            + "\"end_user_tiers\":{\"default\":{\"tokens_per_day\":10,\"warn_at\":[50]},"
            + "\"pro\":{\"tokens_per_day\":20,\"cost_per_month_usd\":1.500000,\"models\":[\"a\",\"b\"]}},"
            + "\"critical\":[\"end_user_tiers\"]}",
        first);
    assertEquals(tiers, StoredTenant.read(first));
    assertEquals(first, TenantItemWriter.config(tiers, Optional.of(first)));
    assertEquals(OF_0_1_0, TenantItemWriter.config(plain, Optional.of(first)));
  }

  /** A login that names a smaller tier would otherwise get the default one. */
  @Test
  void aLoginThatNamesTiersIsRefusedByAReleaseThatDoesNotReadThem() {
    var plain = StoredTenant.read(OF_0_1_0);
    var issuer = TenantJson.readOne(IssuerJsonTest.TENANT).tenant().issuers().getFirst();
    var named = plain.withIssuers(List.of(issuer.withTierClaim("/plan")));
    var first = TenantItemWriter.config(named, Optional.of(OF_0_1_0));
    assertTrue(
        first.endsWith("\"tier_claim\":\"/plan\"}],\"critical\":[\"issuers.tier_claim\"]}"), first);
    assertEquals(named, StoredTenant.read(first));
    assertEquals(OF_0_1_0, TenantItemWriter.config(plain, Optional.of(first)));
  }

  @Test
  void whatIsNotKnownOfATierGoesWithTheTier() {
    var tenant = StoredTenant.read(OF_A_LATER_ONE);
    var tier = tenant.endUserTier(Optional.of("default")).orElseThrow();
    var without =
        TenantItemWriter.config(
            tenant.withEndUserTiers(List.of(tier)), Optional.of(OF_A_LATER_ONE));
    assertFalse(without.contains("hosted_tools"), without);
    var again = TenantItemWriter.config(tenant, Optional.of(without));
    assertFalse(again.contains("hosted_tools"), again);
    var none = TenantItemWriter.config(tenant.withEndUserTiers(List.of()), Optional.of(again));
    assertFalse(none.contains("end_user_tiers"), none);
  }

  @Test
  void aCriticalMemberOfALaterReleaseStaysBesideOurs() {
    var tenant =
        TenantJson.readOne("{\"id\":\"acme\",\"end_user_tiers\":{\"default\":{}}}").tenant();
    var written =
        TenantItemWriter.config(
            tenant, Optional.of("{\"id\":\"acme\",\"critical\":[\"end_user_tiers.models\"]}"));
    assertTrue(
        written.endsWith("\"critical\":[\"end_user_tiers.models\",\"end_user_tiers\"]}"), written);
  }

  @Test
  void issuersAreStoredAndReadWhole() {
    var tenant = TenantJson.readOne(IssuerJsonTest.TENANT).tenant();
    assertEquals(2, tenant.issuers().size());
    var stored = TenantItemWriter.config(tenant, Optional.empty());
    assertEquals(tenant, StoredTenant.read(stored));
    var without = TenantItemWriter.config(tenant.withIssuers(List.of()), Optional.of(stored));
    assertEquals(List.of(), StoredTenant.read(without).issuers());
  }

  @Test
  void whatIsNotKnownOfAnIssuerGoesWithTheIssuer() {
    var tenant = StoredTenant.read(OF_A_LATER_ONE);
    var other = TenantJson.readOne(IssuerJsonTest.TENANT).tenant().issuers().getFirst();
    var both = tenant.withIssuers(List.of(other, tenant.issuers().getFirst()));
    var written = TenantItemWriter.config(both, Optional.of(OF_A_LATER_ONE));
    assertTrue(written.contains("\"user_claim\":\"sub\",\"plan_claim\":\"/plan\"}]"), written);
    var without = TenantItemWriter.config(both.withIssuers(List.of(other)), Optional.of(written));
    assertFalse(without.contains("plan_claim"), without);
  }

  @Test
  void anEditKeepsWhatALaterReleaseAddedToTenantAndKeys() {
    create();
    set("tenant#acme", "config", "config", AttributeValue.fromS(OF_A_LATER_ONE));
    set("tenant#acme", "config", "note", AttributeValue.fromS("of a later release"));
    addToKeyEntry();
    set(keyName("one"), "key", "note", AttributeValue.fromS("of a later release"));

    assertTrue(editor.edit(new TenantId("acme"), StoredTenantTest::suspended));
    assertEquals(
        TenantEditor.KeyChange.DONE,
        editor.addKey(new TenantId("acme"), new TenantSpec.Key("web", "two", Optional.empty())));
    assertTrue(
        editor.replace(
            TenantJson.readEdit(
                "{\"id\":\"acme\",\"keys\":[{\"name\":\"ci\",\"secret\":\"one\"}]}",
                new TenantId("acme"))));

    var tenant = get("tenant#acme", "config");
    assertEquals("of a later release", attribute(tenant, "note").s());
    assertTrue(attribute(tenant, "config").s().contains("tokens_per_week"));
    assertEquals(
        AttributeValue.fromS("x"), attribute(attribute(tenant, "keys").m(), "ci").m().get("more"));
    assertEquals("of a later release", attribute(get(keyName("one"), "key"), "note").s());
    assertEquals("ci", store.find(KeyHash.of("one")).orElseThrow().keyName());
  }

  @Test
  void aCriticalAttributeRefusesTheTenantOrTheKeyAndNoOther() {
    create();
    editor.put(
        TenantJson.readOne("{\"id\":\"other\",\"keys\":[{\"name\":\"k\",\"secret\":\"three\"}]}"));
    var critical = AttributeValue.fromL(List.of(AttributeValue.fromS("plans")));
    set(keyName("one"), "key", "critical", critical);
    assertThrows(StoreUnavailableException.class, () -> store.find(KeyHash.of("one")));
    assertTrue(store.find(KeyHash.of("three")).isPresent());
    assertEquals(Set.of(KeyHash.of("three")), store.some().keySet());

    set("tenant#other", "config", "critical", critical);
    assertThrows(StoreUnavailableException.class, () -> store.find(KeyHash.of("three")));
    assertEquals(Map.of(), store.some());
  }

  private void create() {
    editor.put(
        TenantJson.readOne("{\"id\":\"acme\",\"keys\":[{\"name\":\"ci\",\"secret\":\"one\"}]}"));
  }

  private static Tenant suspended(Tenant tenant) {
    return new Tenant(
        tenant.id(),
        TenantStatus.SUSPENDED,
        tenant.quota(),
        tenant.models(),
        tenant.modelAliases(),
        tenant.allowedOrigins());
  }

  private static String keyName(String secret) {
    return "key#" + KeyHash.of(secret).hex();
  }

  private void addToKeyEntry() {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(key("tenant#acme", "config"))
                .updateExpression("SET #keys.ci.#more = :x")
                .expressionAttributeNames(Map.of("#keys", "keys", "#more", "more"))
                .expressionAttributeValues(Map.of(":x", AttributeValue.fromS("x"))));
  }

  private void set(String pk, String sk, String name, AttributeValue value) {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(key(pk, sk))
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value)));
  }

  private Map<String, AttributeValue> get(String pk, String sk) {
    return dynamo
        .client()
        .getItem(r -> r.tableName(dynamo.tables().tenants()).key(key(pk, sk)))
        .item();
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    var value = item.get(name);
    return Objects.requireNonNull(value, name);
  }

  private static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
  }
}
