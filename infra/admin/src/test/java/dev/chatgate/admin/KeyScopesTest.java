package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantEditor.KeyChange;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a stored key says of its scopes, its code, and what a tenant says of its creation. */
class KeyScopesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Set<Scope> MINTS_ONLY = Set.of(Scope.CLIENT_SECRETS);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb dynamo;

  private final TestClock clock = new TestClock(Instant.parse("2026-11-20T10:00:00.123456789Z"));
  private final TenantStore store = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor =
      new TenantEditor(dynamo.client(), dynamo.tables(), new Random(1), pause -> {}, clock);

  @BeforeAll
  static void start() {
    dynamo = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    dynamo.close();
  }

  @BeforeEach
  void create() {
    var _ = editor.delete(ACME);
    put("");
  }

  private void put(String members) {
    editor.put(
        TenantJson.readOne(
            "{\"id\":\"acme\",\"keys\":[{\"name\":\"web\",\"secret\":\"one\"%s}]}"
                .formatted(members)));
  }

  private Map<String, AttributeValue> item() {
    return get(TenantItem.keyOf(KeyHash.of("one")));
  }

  private static Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
    return dynamo.client().getItem(r -> r.tableName(dynamo.tables().tenants()).key(key)).item();
  }

  private static void set(Map<String, AttributeValue> key, String name, AttributeValue value) {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(key)
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value)));
  }

  private Set<Scope> found() {
    return store.find(KeyHash.of("one")).orElseThrow().scopes();
  }

  private Set<Scope> listed() {
    return editor.keys(ACME).orElseThrow().getFirst().scopes();
  }

  @Test
  void aKeyWithTheUsualScopesIsStoredAsByTheReleaseBefore() {
    assertEquals(Set.of("pk", "sk", "tenant", "name", "code"), item().keySet());
    assertEquals(Scope.DEFAULT, found());
    assertEquals(Scope.DEFAULT, listed());
  }

  @Test
  void aKeyThatMayMoreIsNotCritical() {
    put(",\"scopes\":[\"end_user_header\",\"usage\",\"client_secrets\",\"calls\"]");
    assertEquals(EnumSet.allOf(Scope.class), found());
    assertEquals(EnumSet.allOf(Scope.class), listed());
    assertFalse(item().containsKey("critical"));
  }

  /** A release that does not know scopes refuses such a key. */
  @Test
  void everyKeyThatMayLessIsCritical() {
    for (var missing : Scope.DEFAULT) {
      for (boolean alsoHeader : new boolean[] {false, true}) {
        var scopes = EnumSet.allOf(Scope.class);
        scopes.remove(missing);
        if (!alsoHeader) {
          scopes.remove(Scope.END_USER_HEADER);
        }
        assertEquals(KeyChange.DONE, editor.setScopes(ACME, "web", scopes));
        assertEquals(scopes, found());
        assertEquals(AttributeValue.fromSs(List.of("scopes")), item().get("critical"));
      }
    }
    assertEquals(KeyChange.DONE, editor.setScopes(ACME, "web", Scope.DEFAULT));
    assertEquals(Set.of("pk", "sk", "tenant", "name", "code"), item().keySet());
  }

  @Test
  void aTenantThatIsReplacedHasTheScopesOfItsNewKeys() {
    put(",\"scopes\":[\"client_secrets\"]");
    assertEquals(MINTS_ONLY, found());
    put("");
    assertEquals(Scope.DEFAULT, found());
    assertFalse(item().containsKey("critical"));
  }

  @Test
  void anotherExpiryOrScopeLeavesTheOther() {
    put(",\"expires_at\":\"2027-01-01T00:00:00Z\"");
    assertEquals(KeyChange.DONE, editor.setScopes(ACME, "web", MINTS_ONLY));
    var key = editor.keys(ACME).orElseThrow().getFirst();
    assertEquals(Optional.of(Instant.parse("2027-01-01T00:00:00Z")), key.expiresAt());
    assertEquals(MINTS_ONLY, key.scopes());
    assertEquals(0, key.code());
  }

  @Test
  void theScopesOfNoKeyAreNotChanged() {
    assertEquals(KeyChange.NAME, editor.setScopes(ACME, "ci", MINTS_ONLY));
    assertEquals(KeyChange.NO_TENANT, editor.setScopes(new TenantId("no"), "web", MINTS_ONLY));
    assertEquals(KeyChange.DONE, editor.removeKey(ACME, "web"));
    assertEquals(KeyChange.NAME, editor.setScopes(ACME, "web", MINTS_ONLY));
    assertEquals(Map.of(), item());
  }

  @Test
  void aKeyWhoseItemIsGoneIsNotMadeByItsScopes() {
    var key = TenantItem.keyOf(KeyHash.of("one"));
    dynamo.client().deleteItem(r -> r.tableName(dynamo.tables().tenants()).key(key));
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> editor.setScopes(ACME, "web", MINTS_ONLY));
    assertEquals("The stored key web of tenant acme is damaged: revoke it.", refused.getMessage());
    assertEquals(Map.of(), item());
    assertEquals(Set.of(), listed());
    assertEquals(KeyChange.DONE, editor.removeKey(ACME, "web"));
  }

  @Test
  void whatALaterReleaseAddedToAKeyStays() {
    var key = TenantItem.keyOf(KeyHash.of("one"));
    set(key, "later", AttributeValue.fromS("kept"));
    set(key, "critical", AttributeValue.fromSs(List.of("later")));
    assertEquals(KeyChange.DONE, editor.setScopes(ACME, "web", MINTS_ONLY));
    assertEquals(Set.of("later", "scopes"), Set.copyOf(criticalNames()));
    put("");
    assertEquals(AttributeValue.fromS("kept"), item().get("later"));
    assertEquals(List.of("later"), criticalNames());
    assertThrows(StoreUnavailableException.class, () -> store.find(KeyHash.of("one")));
  }

  private List<String> criticalNames() {
    return item().getOrDefault("critical", AttributeValue.fromSs(List.of())).ss();
  }

  /** This release writes a set; it cannot change a list without reading it. */
  @Test
  void aKeyWhoseCriticalNamesAreAListIsNotChanged() {
    var key = TenantItem.keyOf(KeyHash.of("one"));
    set(key, "critical", AttributeValue.fromL(List.of(AttributeValue.fromS("code"))));
    var before = item();
    assertThrows(StoreUnavailableException.class, () -> editor.setScopes(ACME, "web", MINTS_ONLY));
    assertEquals(before, item());
  }

  @Test
  void theHighestCodeIsNoKeys() {
    set(
        TenantItem.keyOf(ACME),
        TenantItem.NEXT_CODE,
        AttributeValue.fromN(Integer.toString(Caller.LOGIN_CODE - 1)));
    assertEquals(KeyChange.DONE, editor.addKey(ACME, key("last")));
    assertEquals(65_534, store.find(KeyHash.of("last")).orElseThrow().keyCode());
    var refused =
        assertThrows(IllegalArgumentException.class, () -> editor.addKey(ACME, key("more")));
    assertEquals(
        "Tenant acme has had 65535 keys, and has no number left for another.",
        refused.getMessage());
    assertTrue(store.find(KeyHash.of("more")).isEmpty());
  }

  private static TenantSpec.Key key(String secret) {
    return new TenantSpec.Key(secret, secret, Optional.empty());
  }

  @Test
  void aTenantKeepsItsTimeOfCreationUntilItIsMadeAnew() {
    var created = Optional.of(Instant.parse("2026-11-20T10:00:00.123Z"));
    assertEquals(created, createdAt());
    clock.advance(Duration.ofDays(1));
    put("");
    assertTrue(editor.edit(ACME, tenant -> tenant));
    assertEquals(KeyChange.DONE, editor.addKey(ACME, key("two")));
    assertTrue(editor.replace(TenantJson.readEdit("{}", ACME)));
    assertEquals(created, createdAt());

    assertTrue(editor.delete(ACME));
    put("");
    assertEquals(created.map(at -> at.plus(Duration.ofDays(1))), createdAt());
  }

  @Test
  void aTenantOfAReleaseBeforeGetsNoTimeOfCreation() {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(TenantItem.keyOf(ACME))
                .updateExpression("REMOVE " + TenantItem.CREATED_AT));
    put("");
    assertTrue(editor.edit(ACME, tenant -> tenant));
    assertEquals(Optional.empty(), createdAt());
  }

  private Optional<Instant> createdAt() {
    return store.find(KeyHash.of("one")).orElseThrow().tenantCreatedAt();
  }
}
