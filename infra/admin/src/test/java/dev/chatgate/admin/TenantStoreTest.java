package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class TenantStoreTest {
  private final LocalDynamoDb dynamo = LocalDynamoDb.start();
  private final TenantStore store = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor =
      new TenantEditor(dynamo.client(), dynamo.tables(), new Random(1), pause -> {});

  @BeforeEach
  void seed() {
    editor.put(
        TenantJson.readOne(
            """
            {"id":"acme","keys":[{"name":"ci","secret":"one"},
                                 {"name":"web","secret":"two","expires_at":"2027-01-01T00:00:00Z"}]}
            """));
  }

  @AfterEach
  void stop() {
    dynamo.close();
  }

  @Test
  void findsTheTenantOfAKey() {
    var credential = store.find(KeyHash.of("two")).orElseThrow();
    assertEquals("acme", credential.tenant().id().value());
    assertEquals("web", credential.keyName());
    assertEquals(Optional.of(Instant.parse("2027-01-01T00:00:00Z")), credential.expiresAt());
  }

  @Test
  void doesNotFindAnUnknownKey() {
    assertEquals(Optional.empty(), store.find(KeyHash.of("three")));
  }

  @Test
  void aWriteReplacesTenantAndKeys() {
    editor.put(
        TenantJson.readOne(
            """
            {"id":"acme","status":"suspended","keys":[{"name":"web","secret":"two"},
                                                      {"name":"new","secret":"three"}]}
            """));
    assertEquals(Optional.empty(), store.find(KeyHash.of("one")));
    var kept = store.find(KeyHash.of("two")).orElseThrow();
    assertEquals(1, kept.keyCode(), "the key that stayed keeps its code");
    assertEquals(Optional.empty(), kept.expiresAt());
    assertEquals(TenantStatus.SUSPENDED, kept.tenant().status());
    assertEquals(2, store.find(KeyHash.of("three")).orElseThrow().keyCode(), "no code comes twice");
  }

  @Test
  void aSecretBelongsToOneTenant() {
    var other =
        TenantJson.readOne("{\"id\":\"other\",\"keys\":[{\"name\":\"k\",\"secret\":\"one\"}]}");
    var refused = assertThrows(IllegalArgumentException.class, () -> editor.put(other));
    assertEquals(
        "A secret of tenant other is the key of another tenant already.", refused.getMessage());
    assertEquals("acme", store.find(KeyHash.of("one")).orElseThrow().tenant().id().value());
  }

  @Test
  void noSecretIsStored() {
    var items = dynamo.client().scan(r -> r.tableName(dynamo.tables().tenants())).items();
    assertTrue(items.size() >= 3);
    assertFalse(items.toString().contains("one") || items.toString().contains("two"));
  }

  @Test
  void someKeysAreFoundAsOneByOne() {
    editor.put(
        TenantJson.readOne("{\"id\":\"other\",\"keys\":[{\"name\":\"k\",\"secret\":\"three\"}]}"));
    editor.put(TenantJson.readOne("{\"id\":\"none\",\"keys\":[]}"));
    var expected = new HashMap<KeyHash, Credential>();
    for (var secret : List.of("one", "two", "three")) {
      var hash = KeyHash.of(secret);
      expected.put(hash, store.find(hash).orElseThrow());
    }
    assertEquals(expected, store.some());
  }

  @Test
  void aDamagedTenantIsNotAmongSomeAndHidesNoOther() {
    editor.put(
        TenantJson.readOne("{\"id\":\"other\",\"keys\":[{\"name\":\"k\",\"secret\":\"three\"}]}"));
    damage("acme", "{\"id\":17}");
    assertEquals(Set.of(KeyHash.of("three")), store.some().keySet());
    damage("other", "");
    assertEquals(Map.of(), store.some());
  }

  @Test
  void aDamagedKeyIsNotAmongSomeAndHidesNoOther() {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(TenantItem.keyOf(KeyHash.of("one")))
                .updateExpression("REMOVE tenant"));
    assertEquals(Set.of(KeyHash.of("two")), store.some().keySet());
  }

  @Test
  void aKeyWithoutItsTenantIsNotAmongSome() {
    dynamo.client().deleteItem(r -> r.tableName(dynamo.tables().tenants()).key(item("acme")));
    assertEquals(Map.of(), store.some());
  }

  @Test
  void ofALargeTableOnlySomeAreRead() {
    for (int i = 0; i < 60; i++) {
      editor.put(
          TenantJson.readOne(
              "{\"id\":\"t%d\",\"keys\":[{\"name\":\"k\",\"secret\":\"s%d\"}]}".formatted(i, i)));
    }
    var some = store.some();
    assertTrue(some.size() <= 50, () -> some.size() + " keys of 100 items");
    some.forEach((key, found) -> assertEquals(Optional.of(found), store.find(key)));
  }

  private void damage(String tenant, String config) {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(item(tenant))
                .updateExpression("SET config = :c")
                .expressionAttributeValues(Map.of(":c", AttributeValue.fromS(config))));
  }

  private static Map<String, AttributeValue> item(String tenant) {
    return TenantItem.keyOf(new TenantId(tenant));
  }

  @Test
  void aStoreThatIsAwayIsANamedFailure() {
    dynamo.stopAnswering();
    assertThrows(StoreUnavailableException.class, store::some);
    assertThrows(StoreUnavailableException.class, () -> store.find(KeyHash.of("one")));
  }
}
