package dev.chatgate.aws.quota;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.pagination.sync.SdkIterable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Quota items in DynamoDB. Every write is one {@code UpdateItem} with a condition; its answer
 * brings the item, the new one if it was done, the one that stood against it if not.
 */
public final class DynamoQuotaTable implements QuotaTable {
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Duration attemptTimeout;
  private final AwsRequestOverrideConfiguration attempt;

  /**
   * @param dynamoDb a client that repeats nothing by itself: a repeated write must be another
   *     attempt
   * @param tables the deployment's tables
   * @param attemptTimeout most that one request may take
   */
  public DynamoQuotaTable(DynamoDbClient dynamoDb, Tables tables, Duration attemptTimeout) {
    this.dynamoDb = dynamoDb;
    this.table = tables.quota();
    this.attemptTimeout = attemptTimeout;
    this.attempt = within(attemptTimeout);
  }

  private static AwsRequestOverrideConfiguration within(Duration atMost) {
    return AwsRequestOverrideConfiguration.builder().apiCallTimeout(atMost).build();
  }

  /** Mostly there is time enough for the usual limit: one object for all. */
  private AwsRequestOverrideConfiguration limit(Duration atMost) {
    return atMost.compareTo(attemptTimeout) < 0 ? within(atMost) : attempt;
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update) {
    return update(key, update, attemptTimeout);
  }

  @Override
  public Written update(QuotaKey key, ItemUpdate update, Duration atMost) {
    return update(key, update, atMost, Optional.empty());
  }

  /**
   * Writes if the item's list {@code critical} is still the given one. If it has another one, and
   * all names in it are known, the write is repeated with that.
   */
  private Written update(
      QuotaKey key, ItemUpdate update, Duration atMost, Optional<AttributeValue> critical) {
    try {
      var answer =
          dynamoDb.updateItem(request(key, new UpdateExpression(update, critical), atMost));
      return new Written.Done(item(answer.attributes()));
    } catch (ConditionalCheckFailedException e) {
      var found = Optional.ofNullable(e.item().get(Critical.NAME));
      if (found.equals(critical)) {
        return new Written.Refused(item(e.item()));
      }
      try {
        AttributeValues.requireKnown(e.item());
      } catch (StoreUnavailableException unknown) {
        return new Written.NotDone(unknown);
      }
      return update(key, update, atMost, found);
    } catch (SdkException e) {
      var unavailable = StoreErrors.unavailable("writing the quota item", e);
      if (StoreErrors.saysNotDone(e)) {
        return new Written.NotDone(unavailable);
      }
      throw unavailable;
    }
  }

  private UpdateItemRequest request(QuotaKey key, UpdateExpression expression, Duration atMost) {
    var request =
        UpdateItemRequest.builder()
            .tableName(table)
            .key(keyOf(key))
            .conditionExpression(expression.condition())
            .updateExpression(expression.update())
            .expressionAttributeNames(expression.names())
            .returnValues(ReturnValue.ALL_NEW)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .overrideConfiguration(limit(atMost));
    var values = expression.values();
    if (!values.isEmpty()) {
      // DynamoDB refuses an empty map.
      request.expressionAttributeValues(values);
    }
    return request.build();
  }

  /** A write that was done stays done, though what it left cannot be read. */
  private static QuotaItem item(Map<String, AttributeValue> values) {
    return StoreErrors.read("reading a quota item", () -> AttributeValues.item(values));
  }

  private static Map<String, AttributeValue> keyOf(QuotaKey key) {
    return Map.of(Tables.HASH_KEY, AttributeValue.fromS(key.toString()));
  }

  @Override
  public QuotaItem read(QuotaKey key) {
    try {
      var answer =
          dynamoDb.getItem(
              request -> request.tableName(table).key(keyOf(key)).consistentRead(true));
      return item(answer.item());
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading a quota item", e);
    }
  }

  @Override
  public List<QuotaKey> due() {
    var query =
        QueryRequest.builder()
            .tableName(table)
            .indexName(Tables.DUE_INDEX)
            .keyConditionExpression("#due = :due")
            .expressionAttributeNames(Map.of("#due", ItemNames.DUE_PARTITION))
            .expressionAttributeValues(Map.of(":due", AttributeValue.fromS(ItemNames.DUE)))
            .build();
    try {
      return keys(dynamoDb.queryPaginator(query).items()).toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the index of due items", e);
    }
  }

  /**
   * The item of every tenant: reads the whole table, for an operator. Items of end users are left
   * out, of which there may be millions.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public List<QuotaKey> all() {
    var scan =
        ScanRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .projectionExpression(Tables.HASH_KEY)
            .build();
    try {
      return keys(dynamoDb.scanPaginator(scan).items()).filter(key -> !key.isOfEndUser()).toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading the Quota table", e);
    }
  }

  /** Without items of a sort that a later release keeps in this table. */
  private static Stream<QuotaKey> keys(SdkIterable<Map<String, AttributeValue>> items) {
    return items.stream()
        .map(item -> Optional.ofNullable(item.get(Tables.HASH_KEY)))
        .flatMap(key -> key.map(AttributeValue::s).flatMap(QuotaKey::parse).stream());
  }
}
