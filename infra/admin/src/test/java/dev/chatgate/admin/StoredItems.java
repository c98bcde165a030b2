package dev.chatgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.dynamodb.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What release 0.1.0 stored of one tenant: its code wrote the items of {@code stored-0.1.0.json}
 * into DynamoDB Local, where they were read as DynamoDB JSON. Among them are records of every kind,
 * rows of a closed day, and a quota item with a call in flight; an audit of that release found no
 * difference.
 *
 * @param now the time at which they were read
 * @param byTable the items by table, of {@link #TABLES}
 */
record StoredItems(Instant now, Map<String, List<Map<String, AttributeValue>>> byTable) {
  static final Tables TABLES = new Tables("tenants", "quota", "usage");

  static StoredItems of010() {
    try (var file = StoredItems.class.getResourceAsStream("stored-0.1.0.json")) {
      var json = new ObjectMapper().readTree(file);
      var items = new HashMap<String, List<Map<String, AttributeValue>>>();
      for (var table : List.of(TABLES.tenants(), TABLES.quota(), TABLES.usage())) {
        var all = new ArrayList<Map<String, AttributeValue>>();
        json.path(table).forEach(item -> all.add(attributes(item)));
        items.put(table, all);
      }
      return new StoredItems(Instant.parse(json.path("now").asText()), items);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empties the tables and puts the items into them. */
  void into(LocalDynamoDb dynamo) {
    byTable.forEach((table, items) -> {
      dynamo
          .client()
          .scan(scan -> scan.tableName(table))
          .items()
          .forEach(
              item -> dynamo.client().deleteItem(delete -> delete.tableName(table).key(key(item))));
      items.forEach(item -> dynamo.client().putItem(put -> put.tableName(table).item(item)));
    });
  }

  /** The primary key in an item. */
  static Map<String, AttributeValue> key(Map<String, AttributeValue> item) {
    var key = new HashMap<>(item);
    key.keySet().retainAll(List.of(Tables.HASH_KEY, Tables.RANGE_KEY));
    return key;
  }

  private static Map<String, AttributeValue> attributes(JsonNode json) {
    var attributes = new HashMap<String, AttributeValue>();
    json.properties().forEach(member -> attributes.put(member.getKey(), value(member.getValue())));
    return attributes;
  }

  private static AttributeValue value(JsonNode json) {
    var type = json.fieldNames().next();
    var value = json.path(type);
    return switch (type) {
      case "S" -> AttributeValue.fromS(value.asText());
      case "N" -> AttributeValue.fromN(value.asText());
      case "BOOL" -> AttributeValue.fromBool(value.asBoolean());
      case "B" ->
          AttributeValue.fromB(SdkBytes.fromByteArray(Base64.getDecoder().decode(value.asText())));
      case "M" -> AttributeValue.fromM(attributes(value));
      case "L" -> {
        var list = new ArrayList<AttributeValue>();
        value.forEach(element -> list.add(value(element)));
        yield AttributeValue.fromL(list);
      }
      default -> throw new IllegalArgumentException(type);
    };
  }
}
