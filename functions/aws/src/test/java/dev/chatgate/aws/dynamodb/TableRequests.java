package dev.chatgate.aws.dynamodb;

import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveSpecification;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/**
 * The requests that create the tables for tests; a deployment has its template, which a test holds
 * against these. Every table is billed by request.
 */
public final class TableRequests {
  private TableRequests() {}

  /** One request a table. */
  public static List<CreateTableRequest> create(Tables tables) {
    return List.of(twoKeys(tables.tenants()), createQuota(tables.quota()), twoKeys(tables.usage()));
  }

  /** Lets the store remove records past their retention, and items of end users who are gone. */
  public static List<UpdateTimeToLiveRequest> timeToLive(Tables tables) {
    return List.of(
        timeToLive(tables.usage(), Tables.USAGE_TTL), timeToLive(tables.quota(), Tables.QUOTA_TTL));
  }

  private static UpdateTimeToLiveRequest timeToLive(String table, String attribute) {
    return UpdateTimeToLiveRequest.builder()
        .tableName(table)
        .timeToLiveSpecification(
            TimeToLiveSpecification.builder().attributeName(attribute).enabled(true).build())
        .build();
  }

  private static CreateTableRequest twoKeys(String table) {
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            attribute(Tables.HASH_KEY, ScalarAttributeType.S),
            attribute(Tables.RANGE_KEY, ScalarAttributeType.S))
        .keySchema(key(Tables.HASH_KEY, KeyType.HASH), key(Tables.RANGE_KEY, KeyType.RANGE))
        .build();
  }

  private static CreateTableRequest createQuota(String table) {
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            attribute(Tables.HASH_KEY, ScalarAttributeType.S),
            attribute(Tables.DUE_HASH_KEY, ScalarAttributeType.S),
            attribute(Tables.DUE_RANGE_KEY, ScalarAttributeType.N))
        .keySchema(key(Tables.HASH_KEY, KeyType.HASH))
        .globalSecondaryIndexes(dueIndex())
        .build();
  }

  private static GlobalSecondaryIndex dueIndex() {
    return GlobalSecondaryIndex.builder()
        .indexName(Tables.DUE_INDEX)
        .keySchema(key(Tables.DUE_HASH_KEY, KeyType.HASH), key(Tables.DUE_RANGE_KEY, KeyType.RANGE))
        .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
        .build();
  }

  private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
