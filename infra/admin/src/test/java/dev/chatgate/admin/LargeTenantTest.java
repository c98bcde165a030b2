package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.tenant.IndexItem;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.usage.ModelPrice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tenants with more keys than a transaction takes, and with more of all than an item takes. */
class LargeTenantTest {
  private static final TenantId ACME = new TenantId("acme");

  private final LocalDynamoDb dynamo = LocalDynamoDb.start();
  private final TenantStore store = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor =
      new TenantEditor(dynamo.client(), dynamo.tables(), new Random(1), pause -> {});

  @AfterEach
  void stop() {
    dynamo.close();
  }

  @Test
  void aHundredAndFiftyKeysAreStored() {
    editor.put(spec(ACME, 0, 150));
    assertKeys(0, 150);
    editor.put(spec(ACME, 0, 150));
    assertKeys(0, 150);
  }

  @Test
  void manyKeysTakeThePlaceOfManyOthersAndWhatStaysKeepsItsCode() {
    editor.put(spec(ACME, 0, 250));
    int code = store.find(KeyHash.of("secret200")).orElseThrow().keyCode();
    editor.put(spec(ACME, 150, 400));
    assertKeys(150, 400);
    assertEquals(code, store.find(KeyHash.of("secret200")).orElseThrow().keyCode());
    editor.put(spec(ACME, 390, 392));
    assertKeys(390, 392);
  }

  @Test
  void secretsThatChangeTheirNamesAreFoundUnderTheNewOnes() {
    editor.put(spec(ACME, 0, 120));
    var turned = new ArrayList<TenantSpec.Key>();
    for (int i = 0; i < 120; i++) {
      turned.add(key("key" + i, "secret" + (119 - i)));
    }
    editor.put(new TenantSpec(tenant(ACME, Map.of()), turned));
    for (int i = 0; i < 120; i++) {
      assertEquals("key" + i, store.find(KeyHash.of("secret" + (119 - i))).orElseThrow().keyName());
    }
    assertAgreement(120);
  }

  @Test
  void anOperatorMakesAndReplacesAndDeletesThem() {
    assertTrue(editor.create(edit(0, 150)));
    assertKeys(0, 150);
    assertFalse(editor.create(edit(0, 150)));
    assertTrue(editor.replace(edit(100, 300)));
    assertKeys(100, 300);
    assertTrue(editor.delete(ACME));
    assertFalse(editor.replace(edit(0, 150)));
    var left = dynamo.client().scan(r -> r.tableName(dynamo.tables().tenants())).items();
    assertEquals(List.of(IndexItem.KEY), left.stream().map(StoredItems::key).toList());
  }

  /** The steps before the one that is refused stand: item and keys agree. */
  @Test
  void aSecretOfAnotherTenantAmongThemIsOneSentenceAndLeavesNoUnlistedKey() {
    editor.put(
        new TenantSpec(tenant(new TenantId("other"), Map.of()), List.of(key("k", "secret140"))));
    for (Runnable put :
        List.<Runnable>of(
            () -> editor.put(spec(ACME, 0, 150)), () -> editor.replace(edit(0, 150)))) {
      var refused = assertThrows(IllegalArgumentException.class, put::run);
      assertEquals(
          "A secret of tenant acme is the key of another tenant already.", refused.getMessage());
      assertEquals(
          "other", store.find(KeyHash.of("secret140")).orElseThrow().tenant().id().value());
      assertAgreement(120);
    }
    editor.put(spec(ACME, 0, 130));
    assertKeys(0, 130);
  }

  @Test
  void threeThousandShortAliasesAreStored() {
    var aliases = aliases(3_000, 20);
    editor.put(new TenantSpec(tenant(ACME, aliases), List.of(key("k", "s"))));
    assertEquals(aliases, store.find(KeyHash.of("s")).orElseThrow().tenant().modelAliases());
  }

  @Test
  void whatNoItemTakesIsOneSentenceAndChangesNothing() {
    editor.put(spec(ACME, 0, 2));
    var large = tenant(ACME, aliases(3_000, 150));
    for (Runnable put :
        List.<Runnable>of(
            () -> editor.put(new TenantSpec(large, List.of())),
            () -> editor.replace(new TenantEdit(large, Optional.empty())),
            () -> editor.edit(ACME, tenant -> large))) {
      var refused = assertThrows(IllegalArgumentException.class, put::run);
      assertTrue(
          String.valueOf(refused.getMessage())
              .matches(
                  "Tenant acme takes [0-9]+ bytes, and DynamoDB stores at most 409600 in one item: "
                      + "shorten its models, aliases, origins, issuers, tiers or keys."),
          refused.getMessage());
    }
    var fresh = new TenantEdit(tenant(new TenantId("new"), aliases(3_000, 150)), Optional.empty());
    assertThrows(IllegalArgumentException.class, () -> editor.create(fresh));
    assertEquals(Optional.empty(), editor.find(new TenantId("new")));
    assertKeys(0, 2);
  }

  @Test
  void aTenantThatTooManyKeysMakeTooLargeIsRefusedBeforeItsFirstStep() {
    assertThrows(IllegalArgumentException.class, () -> editor.put(spec(ACME, 0, 5_000)));
    assertEquals(Optional.empty(), editor.find(ACME));
  }

  /** DynamoDB itself takes the largest that is let through. */
  @Test
  void theSizeIsDynamoDbsOwn() {
    int fits = 0;
    for (int length = 116; length < 130; length++) {
      var large = tenant(ACME, aliases(3_000, length));
      try {
        editor.put(new TenantSpec(large, List.of()));
        fits = length;
      } catch (IllegalArgumentException e) {
        assertTrue(fits > 0, e.getMessage());
        return;
      }
    }
    throw new AssertionError("nothing was too large");
  }

  @Test
  void aPriceThatNoItemTakesIsOneSentence() {
    var prices = new PriceEditor(dynamo.client(), dynamo.tables());
    var tiers =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new ModelPrice.Tier(i, 1_000_000, OptionalLong.empty(), 1_000_000))
            .toList();
    var large = new ModelPrice("m", LocalDate.parse("2026-01-01"), tiers);
    var refused = assertThrows(IllegalArgumentException.class, () -> prices.put(large));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith("The price of m from 2026-01-01 takes "));
    var longName =
        new ModelPrice("m".repeat(1_100), LocalDate.parse("2026-01-01"), tiers.subList(0, 1));
    refused = assertThrows(IllegalArgumentException.class, () -> prices.put(longName));
    assertEquals(
        "The model's name of a price from 2026-01-01 has more than 256 bytes, which no call can"
            + " use.",
        refused.getMessage());
    assertEquals(List.of(), new PriceStore(dynamo.client(), dynamo.tables()).prices());
  }

  private void assertKeys(int from, int to) {
    for (int i : new int[] {from, (from + to) / 2, to - 1}) {
      var found = store.find(KeyHash.of("secret" + i)).orElseThrow();
      assertEquals("key" + i, found.keyName());
      assertEquals(ACME, found.tenant().id());
    }
    assertAgreement(to - from);
  }

  /** The tenant's item lists exactly the keys that there are, and no code is there twice. */
  private void assertAgreement(int keys) {
    var listed = editor.keys(ACME).orElseThrow();
    assertEquals(keys, listed.size());
    assertEquals(keys, listed.stream().map(TenantKey::code).distinct().count());
    long items =
        dynamo.client().scanPaginator(r -> r.tableName(dynamo.tables().tenants())).items().stream()
            .filter(item -> item.containsKey("tenant") && item.get("tenant").s().equals("acme"))
            .count();
    assertEquals(keys, items);
  }

  private static TenantSpec spec(TenantId id, int from, int to) {
    return new TenantSpec(tenant(id, Map.of()), keys(from, to));
  }

  private static TenantEdit edit(int from, int to) {
    return new TenantEdit(tenant(ACME, Map.of()), Optional.of(keys(from, to)));
  }

  private static List<TenantSpec.Key> keys(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> key("key" + i, "secret" + i)).toList();
  }

  private static TenantSpec.Key key(String name, String secret) {
    return new TenantSpec.Key(name, secret, Optional.empty());
  }

  private static Map<String, String> aliases(int count, int length) {
    var aliases = new HashMap<String, String>();
    for (int i = 0; i < count; i++) {
      aliases.put("a%06d".formatted(i), "m".repeat(length));
    }
    return aliases;
  }

  private static Tenant tenant(TenantId id, Map<String, String> aliases) {
    return new Tenant(
        id, TenantStatus.ACTIVE, Quota.UNLIMITED, Optional.empty(), aliases, Optional.empty());
  }
}
