package dev.chatgate.local.aws;

import dev.chatgate.local.template.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.Projection;

/** Creates the tables that the template defines. */
public final class TemplateTables {
  private TemplateTables() {}

  /**
   * Creates the missing tables; existing ones are not changed.
   *
   * @param dynamo the store
   * @param tables the template's definitions
   */
  public static void create(DynamoDbClient dynamo, List<TableDefinition> tables) {
    List<String> present = dynamo.listTables().tableNames();
    for (TableDefinition table : tables) {
      if (!present.contains(table.name())) {
        dynamo.createTable(request(table));
        table
            .ttlAttribute()
            .ifPresent(attribute -> enableTimeToLive(dynamo, table.name(), attribute));
      }
    }
  }

  private static CreateTableRequest request(TableDefinition table) {
    var request =
        CreateTableRequest.builder()
            .tableName(table.name())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(schema(table.key()))
            .attributeDefinitions(
                table.attributeTypes().entrySet().stream()
                    .map(type -> attribute(type.getKey(), type.getValue()))
                    .toList());
    if (!table.indexes().isEmpty()) {
      request.globalSecondaryIndexes(table.indexes().stream().map(TemplateTables::index).toList());
    }
    return request.build();
  }

  private static AttributeDefinition attribute(String name, String type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static GlobalSecondaryIndex index(TableDefinition.Index index) {
    var projection = Projection.builder().projectionType(index.projection());
    if (!index.nonKeyAttributes().isEmpty()) {
      projection.nonKeyAttributes(index.nonKeyAttributes());
    }
    return GlobalSecondaryIndex.builder()
        .indexName(index.name())
        .keySchema(schema(index.key()))
        .projection(projection.build())
        .build();
  }

  private static List<KeySchemaElement> schema(TableDefinition.Key key) {
    var schema = new ArrayList<KeySchemaElement>();
    schema.add(element(key.partition(), KeyType.HASH));
    key.sort().ifPresent(sort -> schema.add(element(sort, KeyType.RANGE)));
    return schema;
  }

  private static KeySchemaElement element(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static void enableTimeToLive(DynamoDbClient dynamo, String table, String attribute) {
    dynamo.updateTimeToLive(request ->
        request
            .tableName(table)
            .timeToLiveSpecification(ttl -> ttl.attributeName(attribute).enabled(true)));
  }
}
