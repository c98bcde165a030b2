package dev.chatgate.admin;

import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.IndexItem;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex.Login;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * Plans what a change of a tenant writes to the {@link IndexItem}, in the same transaction, so that
 * after each transaction the index names exactly the issuers and audiences of the tenants' items.
 *
 * <p>{@link IndexItem#ANY_KEY_FORM} is written false only together with the first tenant of a table
 * that has no index, and true with the first key of another form; it never becomes false again. A
 * table that a release before 0.2.0 filled has no index, or one without that attribute: its keys
 * may have any form.
 */
final class IndexWriter {
  private final DynamoDbClient dynamoDb;
  private final Tables tables;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  IndexWriter(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.tables = tables;
  }

  /**
   * Plans the write. It fails if the index is not what was read in the meantime: then the change is
   * to be planned again.
   *
   * @param before the tenant's item as it was read; empty if there was none
   * @param write the change
   * @return empty if the index stays as it is
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer, or a later release
   *     wrote what this one must not change
   * @throws IllegalArgumentException if an issuer and audience belong to another tenant, or the
   *     index would be too large; the message is a sentence
   */
  Optional<TransactWriteItem> plan(TenantId id, Optional<TenantItem> before, TenantWrite write) {
    var had = logins(before.map(TenantItem::tenant));
    var wanted = logins(write.tenant());
    if (before.isPresent() && had.equals(wanted) && !write.hasKeyOfAnyForm()) {
      return Optional.empty();
    }
    var item = read();
    var change = new Change(id, item);
    wanted.forEach(change::claim);
    change.releaseAllBut(wanted);
    if (write.hasKeyOfAnyForm()) {
      change.allowAnyKeyForm();
    } else if (item.isEmpty() && before.isEmpty() && hasNoTenant()) {
      change.createForGeneratedKeys();
    }
    return change.write(tables);
  }

  private static Set<Login> logins(Optional<Tenant> tenant) {
    return tenant.map(Logins::of).orElse(Set.of());
  }

  private Map<String, AttributeValue> read() {
    try {
      return dynamoDb
          .getItem(request ->
              request.tableName(tables.tenants()).key(IndexItem.KEY).consistentRead(true))
          .item();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Tenants table", e);
    }
  }

  /** Reads up to the first tenant; the whole table, which holds prices too, if there is none. */
  private boolean hasNoTenant() {
    var scan =
        ScanRequest.builder()
            .tableName(tables.tenants())
            .consistentRead(true)
            .filterExpression("begins_with(pk, :tenant)")
            .expressionAttributeValues(Map.of(":tenant", AttributeValue.fromS(TenantItem.TENANT)))
            .build();
    try {
      return dynamoDb.scanPaginator(scan).items().stream().findFirst().isEmpty();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Tenants table", e);
    }
  }

  /** The update of the index item for one tenant. */
  private static final class Change {
    private final TenantId tenant;
    private final Map<String, AttributeValue> item;
    private final Map<Login, TenantId> owners;
    private final Map<String, AttributeValue> after;
    private final List<String> conditions = new ArrayList<>();
    private final List<String> sets = new ArrayList<>();
    private final List<String> removals = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, AttributeValue> values = new HashMap<>();

    Change(TenantId tenant, Map<String, AttributeValue> item) {
      this.tenant = tenant;
      this.item = item;
      this.owners = IndexItem.read(item).logins();
      this.after = new HashMap<>(item);
    }

    /** Two tenants may claim it at once: the condition holds for one of them. */
    void claim(Login login) {
      var owner = owners.get(login);
      if (owner == null) {
        conditions.add("attribute_not_exists(" + set(name(login), value(login)) + ")");
      } else if (!owner.equals(tenant)) {
        throw new IllegalArgumentException(
            "The issuer %s with the audience %s belongs to tenant %s."
                .formatted(login.issuer(), login.audience(), owner));
      }
    }

    /** No condition is needed: only changes of this tenant write these attributes. */
    void releaseAllBut(Set<Login> wanted) {
      owners.forEach((login, owner) -> {
        if (owner.equals(tenant) && !wanted.contains(login)) {
          after.remove(name(login));
          removals.add(placeholder(name(login)));
        }
      });
    }

    void allowAnyKeyForm() {
      var stored = item.get(IndexItem.ANY_KEY_FORM);
      if (item.isEmpty() || (stored != null && !stored.bool())) {
        set(IndexItem.ANY_KEY_FORM, AttributeValue.fromBool(true));
      }
    }

    void createForGeneratedKeys() {
      conditions.add("attribute_not_exists(pk)");
      set(IndexItem.ANY_KEY_FORM, AttributeValue.fromBool(false));
    }

    private String name(Login login) {
      return IndexItem.attributeOf(login);
    }

    private AttributeValue value(Login login) {
      return IndexItem.value(login, tenant);
    }

    /** Sets an attribute and returns its placeholder. */
    private String set(String attribute, AttributeValue value) {
      var placeholder = placeholder(attribute);
      var valueOf = ":" + placeholder.substring(1);
      values.put(valueOf, value);
      sets.add(placeholder + " = " + valueOf);
      after.put(attribute, value);
      return placeholder;
    }

    /** Short: an expression has at most 4 KB (Amazon DynamoDB Developer Guide, "Quotas"). */
    private String placeholder(String attribute) {
      var placeholder = "#" + names.size();
      names.put(placeholder, attribute);
      return placeholder;
    }

    Optional<TransactWriteItem> write(Tables tables) {
      if (sets.isEmpty() && removals.isEmpty()) {
        return Optional.empty();
      }
      if (!sets.isEmpty()) {
        ItemSize.require(
            "The index of all tenants' issuers", after, "remove issuers or audiences.");
      }
      var update =
          Update.builder()
              .tableName(tables.tenants())
              .key(IndexItem.KEY)
              .updateExpression(clause("SET ", sets) + clause("REMOVE ", removals))
              .expressionAttributeNames(names);
      if (!conditions.isEmpty()) {
        update.conditionExpression(String.join(" AND ", conditions));
      }
      if (!values.isEmpty()) {
        update.expressionAttributeValues(values);
      }
      return Optional.of(TransactWriteItem.builder().update(update.build()).build());
    }

    private static String clause(String verb, List<String> actions) {
      return actions.isEmpty() ? "" : verb + String.join(", ", actions) + " ";
    }
  }
}
