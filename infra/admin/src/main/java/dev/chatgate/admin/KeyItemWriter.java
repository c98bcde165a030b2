package dev.chatgate.admin;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.KeyItem;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantItem.KeyEntry;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * Writes the items of a tenant's keys, each by an update and no put: what a later release has added
 * to an item stays.
 */
final class KeyItemWriter {
  private static final String TENANT = "tenant";

  private final Tables tables;
  private final TenantId tenant;

  /**
   * @param tables the deployment's tables
   * @param tenant the tenant of the keys
   */
  KeyItemWriter(Tables tables, TenantId tenant) {
    this.tables = tables;
    this.tenant = tenant;
  }

  /** Writes a key; the condition fails if it is another tenant's. */
  TransactWriteItem write(TenantSpec.Key key, KeyEntry entry) {
    var assignments = new Assignments();
    assignments.put("name", Optional.of(s(key.name())));
    assignments.put(
        TenantItem.CODE, Optional.of(AttributeValue.fromN(Integer.toString(entry.code()))));
    assignments.put(TenantItem.EXPIRES_AT, key.expiresAt().map(at -> s(at.toString())));
    return update(
        entry.hash(), key.scopes(), assignments, "attribute_not_exists(pk) OR #tenant = :tenant");
  }

  /** Changes what a key may be used for; the condition fails if the tenant has no such key. */
  TransactWriteItem writeScopes(KeyHash hash, Set<Scope> scopes) {
    return update(hash, scopes, new Assignments(), "#tenant = :tenant");
  }

  /** Removes a key. */
  TransactWriteItem delete(KeyHash hash) {
    var delete = Delete.builder().tableName(tables.tenants()).key(TenantItem.keyOf(hash)).build();
    return TransactWriteItem.builder().delete(delete).build();
  }

  /**
   * A key with less than the usual scopes lists them as critical: a release that ignores them would
   * let it do what it must not.
   */
  private TransactWriteItem update(
      KeyHash hash, Set<Scope> scopes, Assignments assignments, String condition) {
    assignments.put(TENANT, Optional.of(s(tenant.value())));
    assignments.put(KeyItem.SCOPES, scopes.equals(Scope.DEFAULT) ? Optional.empty() : list(scopes));
    boolean isCritical = !scopes.containsAll(Scope.DEFAULT);
    assignments.change(Critical.NAME, isCritical ? "ADD" : "DELETE", KeyItem.SCOPES);
    var update =
        Update.builder()
            .tableName(tables.tenants())
            .key(TenantItem.keyOf(hash))
            .updateExpression(assignments.expression())
            .conditionExpression(condition)
            .expressionAttributeNames(assignments.names)
            .expressionAttributeValues(assignments.values);
    return TransactWriteItem.builder().update(update.build()).build();
  }

  private static Optional<AttributeValue> list(Set<Scope> scopes) {
    return Optional.of(
        AttributeValue.fromL(scopes.stream().sorted().map(scope -> s(scope.wireName())).toList()));
  }

  private static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }

  /** The parts of an update expression. */
  private static final class Assignments {
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, AttributeValue> values = new HashMap<>();
    private final List<String> sets = new ArrayList<>();
    private final List<String> removals = new ArrayList<>();
    private final List<String> others = new ArrayList<>();

    /** Sets an attribute, or removes it. */
    void put(String attribute, Optional<AttributeValue> value) {
      names.put("#" + attribute, attribute);
      if (value.isPresent()) {
        values.put(":" + attribute, value.get());
        sets.add("#%s = :%s".formatted(attribute, attribute));
      } else {
        removals.add("#" + attribute);
      }
    }

    /** Adds a string to a set, or deletes it from the set. */
    void change(String attribute, String verb, String element) {
      names.put("#" + attribute, attribute);
      values.put(":" + attribute, AttributeValue.fromSs(List.of(element)));
      others.add("%s #%s :%s".formatted(verb, attribute, attribute));
    }

    String expression() {
      return "SET %s %s %s"
          .formatted(
              String.join(", ", sets),
              removals.isEmpty() ? "" : "REMOVE " + String.join(", ", removals),
              String.join(" ", others));
    }
  }
}
