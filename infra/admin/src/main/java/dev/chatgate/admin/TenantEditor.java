package dev.chatgate.admin;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.KeyItem;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Changes tenants and their keys, as operators do. Each change holds only for the version that it
 * was made from; where somebody else was faster it is made again, from what that one left. So no
 * change loses another.
 */
public final class TenantEditor {
  /** Changes of one tenant at the same time that all come through. */
  private static final int MAX_ATTEMPTS = 200;

  private static final int FIRST_PAUSE_MS = 10;
  private static final int MAX_PAUSE_MS = 250;

  /** Keys in one transaction, which takes 100 writes. */
  private static final int KEYS_AT_ONCE = 50;

  private static final String RACED = "ConditionalCheckFailed";
  private static final String LOCKED = "TransactionConflict";

  private final DynamoDbClient dynamoDb;
  private final Tables tables;
  private final IndexWriter index;
  private final RandomGenerator random;
  private final Pause pause;
  private final InstantSource clock;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   * @param random jitter
   * @param pause waits before a change is made again
   * @param clock tells when a tenant is created
   */
  public TenantEditor(
      DynamoDbClient dynamoDb,
      Tables tables,
      RandomGenerator random,
      Pause pause,
      InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.tables = tables;
    this.index = new IndexWriter(dynamoDb, tables);
    this.random = random;
    this.pause = pause;
    this.clock = clock;
  }

  /** An editor with the system's clock. */
  public TenantEditor(DynamoDbClient dynamoDb, Tables tables, RandomGenerator random, Pause pause) {
    this(dynamoDb, tables, random, pause, InstantSource.system());
  }

  /** How a change of keys ended. */
  public enum KeyChange {
    /** It is done. */
    DONE,
    /** There is no such tenant. */
    NO_TENANT,
    /** The tenant has a key of this name already, or has none, where there should be one. */
    NAME
  }

  /**
   * A tenant's configuration.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public Optional<Tenant> find(TenantId id) {
    return read(id).map(TenantItem::tenant);
  }

  /**
   * Every tenant, by name: reads the whole table.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public List<Tenant> all() {
    var scan =
        ScanRequest.builder()
            .tableName(tables.tenants())
            .consistentRead(true)
            .filterExpression("begins_with(#pk, :tenant) AND #sk = :config")
            .expressionAttributeNames(Map.of("#pk", Tables.HASH_KEY, "#sk", Tables.RANGE_KEY))
            .expressionAttributeValues(
                Map.of(
                    ":tenant", AttributeValue.fromS(TenantItem.TENANT),
                    ":config", AttributeValue.fromS(TenantItem.CONFIG)))
            .build();
    try {
      return dynamoDb.scanPaginator(scan).items().stream()
          .map(TenantItem::tenant)
          .sorted(Comparator.comparing(tenant -> tenant.id().value()))
          .toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Tenants table", e);
    }
  }

  /**
   * A tenant's keys, by code: oldest first.
   *
   * @return empty if there is no such tenant
   * @throws StoreUnavailableException if the store does not answer
   */
  public Optional<List<TenantKey>> keys(TenantId id) {
    return read(id)
        .map(item ->
            item.keys().entrySet().stream()
                .map(key -> key(key.getKey(), key.getValue()))
                .sorted(Comparator.comparingInt(TenantKey::code))
                .toList());
  }

  private TenantKey key(String name, TenantItem.KeyEntry entry) {
    var item = get(TenantItem.keyOf(entry.hash()));
    if (item.isEmpty()) {
      return new TenantKey(name, entry.code(), Optional.empty(), Set.of());
    }
    var key = KeyItem.read(item);
    return new TenantKey(name, entry.code(), key.expiresAt(), key.scopes());
  }

  /**
   * Makes a tenant.
   *
   * @return false if there is one of this name already, which stays as it is
   * @throws StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if a key's secret, or an issuer with an audience, is another
   *     tenant's
   */
  public boolean create(TenantEdit edit) {
    var whole = new WholeTenant(tables, edit.tenant(), edit.keys(), clock);
    return write(
        edit,
        whole,
        before -> before.isPresent() ? Optional.empty() : Optional.of(whole.first(before)));
  }

  /**
   * Writes a whole tenant in the place of another.
   *
   * @return false if there is none of this name
   * @throws StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if a key's secret, or an issuer with an audience, is another
   *     tenant's
   */
  public boolean replace(TenantEdit edit) {
    var whole = new WholeTenant(tables, edit.tenant(), edit.keys(), clock);
    return write(edit, whole, before -> before.map(_ -> whole.first(before)));
  }

  /**
   * Writes a whole tenant, whether there is one of this name or not: it has afterwards exactly the
   * keys of the specification. A key that the tenant had already, by name and secret, keeps its
   * code; no code is ever given twice. One transaction, or, with more keys than that takes,
   * several.
   *
   * @throws StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if a key's secret is another tenant's, or the tenant is too
   *     large to be stored; the message is a sentence
   */
  public void put(TenantSpec spec) {
    var edit = new TenantEdit(spec.tenant(), Optional.of(spec.keys()));
    var whole = new WholeTenant(tables, edit.tenant(), edit.keys(), clock);
    write(edit, whole, before -> Optional.of(whole.first(before)));
  }

  private boolean write(
      TenantEdit edit,
      WholeTenant whole,
      Function<Optional<TenantItem>, Optional<TenantWrite>> first) {
    var id = edit.tenant().id();
    var changed = change(id, first);
    if (changed.written()) {
      whole.others(changed.before()).forEach(step -> change(id, before -> before.map(step)));
    }
    return changed.written();
  }

  /**
   * Changes a tenant's configuration.
   *
   * @param id whose; the edit leaves it alone
   * @param edit what to do, possibly more than once, each time to what the store holds then
   * @return false if there is no such tenant
   * @throws StoreUnavailableException if the store does not answer
   */
  public boolean edit(TenantId id, UnaryOperator<Tenant> edit) {
    return change(
            id, before -> before.map(item -> changeOf(before, edit.apply(item.tenant())).write()))
        .written();
  }

  /**
   * Gives a tenant a key.
   *
   * @throws StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if the secret is another tenant's
   */
  public KeyChange addKey(TenantId id, TenantSpec.Key key) {
    return changeKeys(
        id, item -> !item.keys().containsKey(key.name()), change -> change.addKey(key));
  }

  /**
   * Takes a key from a tenant.
   *
   * @throws StoreUnavailableException if the store does not answer
   */
  public KeyChange removeKey(TenantId id, String name) {
    return changeKeys(id, item -> item.keys().containsKey(name), change -> change.removeKey(name));
  }

  /**
   * Changes what a key may be used for.
   *
   * @param scopes all that it may be used for from now on; not empty
   * @throws StoreUnavailableException if the store does not answer
   */
  public KeyChange setScopes(TenantId id, String name, Set<Scope> scopes) {
    return changeKeys(
        id, item -> item.keys().containsKey(name), change -> change.setScopes(name, scopes));
  }

  private TenantChange changeOf(Optional<TenantItem> before, Tenant tenant) {
    return new TenantChange(tables, before, tenant, clock);
  }

  private KeyChange changeKeys(
      TenantId id, Predicate<TenantItem> possible, UnaryOperator<TenantChange> change) {
    var changed =
        change(
            id,
            before ->
                before
                    .filter(possible)
                    .map(item -> change.apply(changeOf(before, item.tenant())))
                    .map(TenantChange::write));
    if (changed.written()) {
      return KeyChange.DONE;
    }
    return changed.before().isEmpty() ? KeyChange.NO_TENANT : KeyChange.NAME;
  }

  /**
   * Takes a tenant away, its keys first: from then on no call comes in. What it used stays.
   *
   * @return false if there is no such tenant
   * @throws StoreUnavailableException if the store does not answer
   */
  public boolean delete(TenantId id) {
    var changed = change(id, before -> before.map(this::stepOfDeleting));
    boolean wasThere = changed.written();
    while (changed.written()
        && changed.before().stream().anyMatch(item -> !item.keys().isEmpty())) {
      changed = change(id, before -> before.map(this::stepOfDeleting));
    }
    return wasThere;
  }

  /** Some of the keys, or, when none is left, the tenant itself. */
  private TenantWrite stepOfDeleting(TenantItem item) {
    if (item.keys().isEmpty()) {
      return TenantChange.removal(tables, item);
    }
    var change = changeOf(Optional.of(item), item.tenant());
    item.keys().keySet().stream().limit(KEYS_AT_ONCE).forEach(change::removeKey);
    return change.write();
  }

  /**
   * How a change ended.
   *
   * @param before the item that it was made from, or refused by
   * @param written whether anything was
   */
  private record Changed(Optional<TenantItem> before, boolean written) {}

  /** Reads, plans, writes; and all of it again if somebody else wrote in between. */
  private Changed change(TenantId id, Function<Optional<TenantItem>, Optional<TenantWrite>> plan) {
    for (int attempt = 1; ; attempt++) {
      var before = read(id);
      var write = plan.apply(before);
      if (write.isEmpty()) {
        return new Changed(before, false);
      }
      var items = new ArrayList<TransactWriteItem>(write.get().keys());
      items.add(write.get().item());
      index.plan(id, before, write.get()).ifPresent(items::add);
      try {
        dynamoDb.transactWriteItems(request -> request.transactItems(items));
        return new Changed(before, true);
      } catch (TransactionCanceledException e) {
        checkWorthRepeating(id, attempt, write.get(), e);
        pauseAfter(attempt);
      } catch (SdkException e) {
        throw StoreErrors.unavailable("writing tenant " + id, e);
      }
    }
  }

  /** The first writes of each transaction are of keys. */
  private static void checkWorthRepeating(
      TenantId id, int attempt, TenantWrite write, TransactionCanceledException failure) {
    var codes = failure.cancellationReasons().stream().map(CancellationReason::code).toList();
    if (codes.stream().limit(write.keys().size()).anyMatch(RACED::equals)) {
      throw new IllegalArgumentException(write.keyProblem());
    }
    boolean raced = codes.contains(LOCKED) || codes.contains(RACED);
    if (!raced || attempt >= MAX_ATTEMPTS) {
      throw StoreErrors.unavailable("writing tenant " + id, failure);
    }
  }

  private void pauseAfter(int attempt) {
    int most = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(attempt, Byte.SIZE));
    pause.pause(Duration.ofMillis(random.nextInt(1, most)));
  }

  private Optional<TenantItem> read(TenantId id) {
    return TenantItem.read(get(TenantItem.keyOf(id)));
  }

  private Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
    try {
      return dynamoDb
          .getItem(request -> request.tableName(tables.tenants()).key(key).consistentRead(true))
          .item();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Tenants table", e);
    }
  }
}
