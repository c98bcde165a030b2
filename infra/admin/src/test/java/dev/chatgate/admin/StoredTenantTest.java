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
      "{\"form\":2,\"id\":\"acme\",\"status\":\"active\",\"tiers\":{\"pro\":{\"deep\":[1,{\"a\":null}]}},"
          + "\"quota\":{\"tokens_per_week\":70,\"tokens_per_day\":10,\"warn_at\":[80,95]},"
          + "\"issuers\":[{\"issuer\":\"https://login.example\",\"audiences\":[\"app\"],"
          + "\"tier_claim\":\"/plan\"}],\"model_aliases\":{}}";

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
    assertTrue(written.contains("\"tiers\":{\"pro\":{\"deep\":[1,{\"a\":null}]}}"), written);
    assertTrue(written.contains("\"tier_claim\":\"/plan\""), written);
    assertTrue(written.contains("\"tokens_per_week\":70"), written);
    assertTrue(written.contains("\"warn_at\":[80,95]"), written);
    assertTrue(written.contains("\"form\":2"), written);
    assertEquals(tenant, StoredTenant.read(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"quota\"",
        "\"status\",\"models\"",
        "\"quota.tokens_per_day\",\"quota.cost_per_month_usd\"",
        "\"require_end_user\",\"issuers\",\"issuers.required_claims\"",
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
        "\"quota\",\"end_user_tiers\"",
        "\"issuers.tier_claim\"",
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
    assertTrue(written.contains("\"user_claim\":\"sub\",\"tier_claim\":\"/plan\"}]"), written);
    var without = TenantItemWriter.config(both.withIssuers(List.of(other)), Optional.of(written));
    assertFalse(without.contains("tier_claim"), without);
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
    var critical = AttributeValue.fromL(List.of(AttributeValue.fromS("tiers")));
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
