package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantEditor.KeyChange;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.tenant.IndexItem;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import dev.chatgate.tenant.TenantIndex.Login;
import dev.chatgate.usage.ModelPrice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/** The index of issuers and of the form of keys, over DynamoDB Local. */
class IndexWriterTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId BETA = new TenantId("beta");
  private static final String GENERATED = "cg_" + "0123456789abcdef".repeat(4);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb dynamo;

  private final TenantStore store = new TenantStore(dynamo.client(), dynamo.tables());
  private final TenantEditor editor = editor(dynamo.client());

  @BeforeAll
  static void start() {
    dynamo = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    dynamo.close();
  }

  @BeforeEach
  void empty() {
    items()
        .forEach(item ->
            dynamo
                .client()
                .deleteItem(
                    r -> r.tableName(dynamo.tables().tenants()).key(StoredItems.key(item))));
  }

  private static List<Map<String, AttributeValue>> items() {
    return dynamo
        .client()
        .scanPaginator(r -> r.tableName(dynamo.tables().tenants()))
        .items()
        .stream()
        .toList();
  }

  private static TenantEditor editor(DynamoDbClient client) {
    return new TenantEditor(client, dynamo.tables(), new Random(1), pause -> {});
  }

  private static TenantSpec spec(TenantId id, List<Issuer> issuers, TenantSpec.Key... keys) {
    var tenant = TenantJson.readOne("{\"id\":\"" + id + "\"}").tenant();
    return new TenantSpec(tenant.withIssuers(issuers), List.of(keys));
  }

  private static TenantSpec.Key key(String secret) {
    return new TenantSpec.Key("key-" + secret.hashCode(), secret, Optional.empty());
  }

  private static Issuer issuer(String url, String... audiences) {
    return new Issuer(
        url,
        List.of(audiences),
        Issuer.AUDIENCE_CLAIM,
        Issuer.USER_CLAIM,
        Optional.of(url + "|"),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<Issuer> hundredPairs(String name) {
    var audiences = IntStream.range(0, 10).mapToObj(i -> name + i).toArray(String[]::new);
    return IntStream.range(0, 10)
        .mapToObj(i -> issuer("https://" + name + i + ".example", audiences))
        .toList();
  }

  private boolean setIssuers(TenantId id, Issuer... issuers) {
    return setIssuers(editor, id, issuers);
  }

  private static boolean setIssuers(TenantEditor with, TenantId id, Issuer... issuers) {
    return with.edit(id, tenant -> tenant.withIssuers(List.of(issuers)));
  }

  private TenantIndex index() {
    return store.index();
  }

  /** The index names exactly the issuers and audiences of the tenants. */
  private void assertAgreement() {
    var expected = new HashMap<Login, TenantId>();
    for (var tenant : editor.all()) {
      Logins.of(tenant)
          .forEach(login -> assertEquals(null, expected.put(login, tenant.id()), "two tenants"));
    }
    assertEquals(expected, index().logins());
  }

  private Map<String, AttributeValue> indexItem() {
    return dynamo
        .client()
        .getItem(r -> r.tableName(dynamo.tables().tenants()).key(IndexItem.KEY))
        .item();
  }

  private static void setInIndex(String name, AttributeValue value) {
    dynamo
        .client()
        .updateItem(r ->
            r.tableName(dynamo.tables().tenants())
                .key(IndexItem.KEY)
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value)));
  }

  /** A table that a release before the index filled. */
  private void forgetIndex() {
    dynamo.client().deleteItem(r -> r.tableName(dynamo.tables().tenants()).key(IndexItem.KEY));
  }

  @Test
  void theFirstTenantMakesAnIndexOfGeneratedKeysOnly() {
    editor.put(spec(ACME, List.of(), key(GENERATED)));
    assertEquals(new TenantIndex(Map.of(), false), index());
    editor.put(spec(BETA, List.of()));
    assertEquals(new TenantIndex(Map.of(), false), index());
  }

  @Test
  void aKeyOfAnotherFormIsNotedAndStaysNoted() {
    editor.put(spec(ACME, List.of(), key(GENERATED)));
    assertEquals(KeyChange.DONE, editor.addKey(ACME, key("cg_demo")));
    assertTrue(index().anyKeyForm());
    assertEquals(KeyChange.DONE, editor.removeKey(ACME, key("cg_demo").name()));
    editor.put(spec(ACME, List.of(), key(GENERATED)));
    assertTrue(editor.delete(ACME));
    editor.put(spec(BETA, List.of(), key(GENERATED)));
    assertTrue(index().anyKeyForm());
  }

  @Test
  void theFirstTenantMayHaveAKeyOfAnotherForm() {
    editor.put(spec(ACME, List.of(), key(GENERATED), key("cg_demo")));
    assertEquals(new TenantIndex(Map.of(), true), index());
  }

  @Test
  void aKeyOfAnotherFormAmongManyIsNotedByTheStepThatStoresIt() {
    var keys = new ArrayList<TenantSpec.Key>();
    for (int i = 0; i < 149; i++) {
      keys.add(key("cg_%064x".formatted(i)));
    }
    var tenant = spec(ACME, List.of()).tenant();
    editor.put(new TenantSpec(tenant, keys));
    assertFalse(index().anyKeyForm());
    keys.add(key("cg_demo"));
    editor.put(new TenantSpec(tenant, keys));
    assertTrue(index().anyKeyForm());
  }

  @Test
  void aTableOfAReleaseBeforeKeepsKeysOfAnyForm() {
    editor.put(spec(ACME, List.of(), key(GENERATED)));
    forgetIndex();
    editor.put(spec(BETA, List.of(), key(GENERATED.replace('0', '1'))));
    assertEquals(Map.of(), indexItem());

    assertTrue(setIssuers(ACME, issuer("https://i", "a")));
    assertFalse(indexItem().containsKey(IndexItem.ANY_KEY_FORM));
    assertEquals(new TenantIndex(Map.of(new Login("https://i", "a"), ACME), true), index());
    assertTrue(setIssuers(ACME));
    assertEquals(TenantIndex.ABSENT, index());
    editor.put(spec(new TenantId("third"), List.of(), key(GENERATED.replace('0', '2'))));
    assertEquals(TenantIndex.ABSENT, index());
  }

  /** Prices come first in such a table's scan, or not: more of them than one page of it has. */
  @Test
  void aTenantBehindManyPricesIsFound() {
    editor.put(spec(ACME, List.of(), key(GENERATED)));
    forgetIndex();
    var prices = new PriceEditor(dynamo.client(), dynamo.tables());
    var tiers =
        IntStream.range(0, 3_000)
            .mapToObj(i -> new ModelPrice.Tier(i, 1_000_000, OptionalLong.empty(), 1_000_000))
            .toList();
    for (int i = 0; i < 10; i++) {
      prices.put(new ModelPrice("m" + i, LocalDate.EPOCH, tiers));
    }
    editor.put(spec(BETA, List.of()));
    assertEquals(Map.of(), indexItem());
    assertTrue(editor.delete(ACME));
    assertTrue(editor.delete(BETA));
    editor.put(spec(BETA, List.of()));
    assertFalse(index().anyKeyForm(), "prices are no tenants");
  }

  @Test
  void anIssuerAndAudienceBelongToOneTenant() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a", "b"), issuer("https://j", "a"))));
    editor.put(spec(BETA, List.of(issuer("https://i", "c"))));
    assertAgreement();
    var before = items();
    for (Runnable change :
        List.<Runnable>of(
            () -> setIssuers(BETA, issuer("https://i", "c", "b")),
            () -> editor.put(spec(BETA, List.of(issuer("https://i", "b")), key("cg_x"))),
            () -> editor.put(spec(new TenantId("new"), List.of(issuer("https://i", "b")))))) {
      var refused = assertThrows(IllegalArgumentException.class, change::run);
      assertEquals(
          "The issuer https://i with the audience b belongs to tenant acme.", refused.getMessage());
      assertEquals(before, items());
    }
    assertTrue(setIssuers(BETA, issuer("https://j", "b")));
    assertEquals(Optional.of(ACME), index().tenantOf("https://j", "a"));
    assertEquals(Optional.of(BETA), index().tenantOf("https://j", "b"));
    assertAgreement();
  }

  @Test
  void whatATenantGivesUpAnotherMayHave() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a", "b"))));
    editor.put(spec(BETA, List.of()));
    assertTrue(setIssuers(ACME, issuer("https://i", "b")));
    assertTrue(setIssuers(BETA, issuer("https://i", "a")));
    assertAgreement();

    var json = "{\"keys\":[]}";
    assertTrue(editor.replace(TenantJson.readEdit(json, ACME)));
    assertTrue(setIssuers(BETA, issuer("https://i", "a", "b")));
    assertAgreement();

    assertTrue(editor.delete(BETA));
    assertEquals(Map.of(), index().logins());
    assertTrue(setIssuers(ACME, issuer("https://i", "a", "b")));
    assertAgreement();
  }

  @Test
  void changesOfAnythingElseDoNotTouchTheIndex() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a"))));
    setInIndex("critical", AttributeValue.fromSs(List.of("later")));
    assertTrue(editor.edit(ACME, tenant -> tenant.withStatus(tenant.status())));
    assertEquals(KeyChange.DONE, editor.addKey(ACME, key(GENERATED)));
    assertEquals(KeyChange.DONE, editor.removeKey(ACME, key(GENERATED).name()));
  }

  @Test
  void anIndexThatALaterReleaseWroteIsKeptOrRefused() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a"))));
    setInIndex("later", AttributeValue.fromS("kept"));
    setInIndex("critical", AttributeValue.fromSs(List.of(IndexItem.ANY_KEY_FORM)));
    assertTrue(setIssuers(ACME, issuer("https://i", "b")));
    assertEquals(AttributeValue.fromS("kept"), indexItem().get("later"));
    assertAgreement();

    setInIndex("critical", AttributeValue.fromSs(List.of("later")));
    var before = items();
    for (Runnable change :
        List.<Runnable>of(
            () -> setIssuers(ACME),
            () -> editor.addKey(ACME, key("cg_x")),
            () -> editor.delete(ACME),
            () -> editor.put(spec(BETA, List.of())))) {
      assertThrows(StoreUnavailableException.class, change::run);
      assertEquals(before, items());
    }
  }

  /** An expression of DynamoDB has at most 4 KB and 300 operators. */
  @Test
  void aHundredPairsTakeThePlaceOfAHundredOthers() {
    editor.put(spec(ACME, hundredPairs("first")));
    assertEquals(100, index().logins().size());
    editor.put(spec(ACME, hundredPairs("second"), key(GENERATED)));
    assertAgreement();
  }

  @Test
  void anIndexThatNoItemTakesIsOneSentence() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a"))));
    setInIndex("later", AttributeValue.fromS("x".repeat(ItemSize.MAX_BYTES - 300)));
    var before = items();
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> setIssuers(ACME, issuer("https://i", "a", "b", "c", "d")));
    assertTrue(
        String.valueOf(refused.getMessage())
            .matches(
                "The index of all tenants' issuers takes [0-9]+ bytes, and DynamoDB stores at most"
                    + " 409600 in one item: remove issuers or audiences."),
        refused.getMessage());
    assertEquals(before, items());
    assertTrue(setIssuers(ACME), "less fits");
  }

  @Test
  void ofTwoTenantsThatClaimAPairAtOnceOneGetsIt() throws Exception {
    editor.put(spec(ACME, List.of()));
    editor.put(spec(BETA, List.of()));
    for (int round = 0; round < 30; round++) {
      var pair = issuer("https://round" + round, "a");
      int won = bothAtOnce(() -> claims(ACME, pair), () -> claims(BETA, pair));
      assertEquals(1, won, "round " + round);
      assertAgreement();
    }
  }

  private static boolean claims(TenantId id, Issuer pair) {
    try {
      return setIssuers(editor(dynamo.client()), id, pair);
    } catch (IllegalArgumentException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("belongs to tenant"), e.getMessage());
      return false;
    }
  }

  @Test
  void ofTwoFirstTenantsAtOnceTheOneWithAKeyOfAnotherFormIsHeard() throws Exception {
    for (int round = 0; round < 30; round++) {
      empty();
      int done =
          bothAtOnce(
              () -> creates(spec(ACME, List.of(), key(GENERATED))),
              () -> creates(spec(BETA, List.of(), key("cg_demo"))));
      assertEquals(2, done);
      assertTrue(index().anyKeyForm(), "round " + round);
    }
  }

  private static boolean creates(TenantSpec spec) {
    return editor(dynamo.client()).create(new TenantEdit(spec.tenant(), Optional.of(spec.keys())));
  }

  /** How many of them were true. */
  private static int bothAtOnce(Callable<Boolean> one, Callable<Boolean> other) throws Exception {
    var start = new CyclicBarrier(2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> start.await() >= 0 && one.call());
      var second = threads.submit(() -> start.await() >= 0 && other.call());
      return (first.get() ? 1 : 0) + (second.get() ? 1 : 0);
    }
  }

  /**
   * Ends a program at a transaction: before DynamoDB gets it, or when it is done and the answer is
   * lost.
   */
  private static final class Death implements ExecutionInterceptor {
    private final boolean isAfter;
    private int left;

    Death(int at, boolean isAfter) {
      this.left = at;
      this.isAfter = isAfter;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      if (context.request() instanceof TransactWriteItemsRequest && left-- == 0 && !isAfter) {
        throw SdkClientException.create("killed");
      }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      if (context.request() instanceof TransactWriteItemsRequest && left < 0 && isAfter) {
        throw SdkClientException.create("killed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void atEachTransactionAtWhichAProgramEndsIndexAndTenantsAgree(boolean isAfter) {
    var before = spec(ACME, List.of(issuer("https://old", "a", "b")), keys(0, 110));
    var after =
        spec(ACME, List.of(issuer("https://new", "a"), issuer("https://old", "b")), keys(60, 170));
    int killed = 0;
    for (boolean done = false; !done; killed++) {
      empty();
      editor.put(before);
      try (var client = dynamo.client(new Death(killed, isAfter))) {
        var dying = editor(client);
        done = !dies(() -> dying.put(after)) && !dies(() -> deleteWhole(dying));
      }
      assertAgreement();
      editor.put(after);
      assertEquals(after.tenant(), editor.find(ACME).orElseThrow());
      assertEquals(110, editor.keys(ACME).orElseThrow().size());
      assertAgreement();
      assertTrue(editor.delete(ACME));
      assertEquals(Map.of(), index().logins());
    }
    assertTrue(killed > 8, killed + " transactions");
  }

  private static void deleteWhole(TenantEditor with) {
    var _ = with.delete(ACME);
  }

  private static boolean dies(Runnable change) {
    try {
      change.run();
      return false;
    } catch (StoreUnavailableException e) {
      return true;
    }
  }

  private static TenantSpec.Key[] keys(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> key("cg_%064x".formatted(i)))
        .toArray(TenantSpec.Key[]::new);
  }

  @Test
  void aTenantOfAnEarlierNameGetsBackNoPair() {
    editor.put(spec(ACME, List.of(issuer("https://i", "a"))));
    // A release before the index deletes the tenant alone.
    dynamo
        .client()
        .deleteItem(r -> r.tableName(dynamo.tables().tenants()).key(TenantItem.keyOf(ACME)));
    assertEquals(1, index().logins().size());
    editor.put(spec(ACME, List.of()));
    assertAgreement();
  }

  @Test
  void aTenantMayBeWrittenAgainAsItIs() {
    var acme = spec(ACME, hundredPairs("a"), key(GENERATED));
    editor.put(acme);
    var index = indexItem();
    editor.put(acme);
    assertTrue(editor.edit(ACME, tenant -> reversed(tenant)));
    assertEquals(index, indexItem());
  }

  private static Tenant reversed(Tenant tenant) {
    return tenant.withIssuers(tenant.issuers().reversed());
  }
}
