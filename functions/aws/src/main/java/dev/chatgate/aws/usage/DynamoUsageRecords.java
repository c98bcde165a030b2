package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Usage records in DynamoDB: one {@code PutItem} each, if none of the key is there. Only the link
 * to an end user is ever removed from one.
 */
public final class DynamoUsageRecords implements UsageRecords {
  /** How long a record stands after its decision, wherever it is written. */
  public static final Duration KEPT_FOR = Duration.ofDays(400);

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final Duration attemptTimeout;
  private final AwsRequestOverrideConfiguration attempt;
  private final Duration retention;

  /**
   * @param dynamoDb a client that repeats nothing by itself
   * @param tables the deployment's tables
   * @param attemptTimeout most that one write may take
   * @param retention from the decision until the store removes the record
   */
  public DynamoUsageRecords(
      DynamoDbClient dynamoDb, Tables tables, Duration attemptTimeout, Duration retention) {
    this.dynamoDb = dynamoDb;
    this.table = tables.usage();
    this.attemptTimeout = attemptTimeout;
    this.attempt = within(attemptTimeout);
    this.retention = retention;
  }

  private static AwsRequestOverrideConfiguration within(Duration atMost) {
    return AwsRequestOverrideConfiguration.builder().apiCallTimeout(atMost).build();
  }

  /** Mostly there is time enough for the usual limit: one object for all. */
  private AwsRequestOverrideConfiguration limit(Duration atMost) {
    return atMost.compareTo(attemptTimeout) < 0 ? within(atMost) : attempt;
  }

  @Override
  public Decision decide(UsageRecord record) {
    return decide(record, attemptTimeout);
  }

  @Override
  public Decision decide(UsageRecord record, Duration atMost) {
    try {
      dynamoDb.putItem(request(record, atMost));
      return new Decision.Written();
    } catch (ConditionalCheckFailedException e) {
      return new Decision.Standing(record(e.item()));
    } catch (SdkException e) {
      var unavailable = StoreErrors.unavailable("writing a usage record", e);
      if (StoreErrors.saysNotDone(e)) {
        return new Decision.NotDone(unavailable);
      }
      throw unavailable;
    }
  }

  private PutItemRequest request(UsageRecord record, Duration atMost) {
    return PutItemRequest.builder()
        .tableName(table)
        .item(RecordItem.write(record, record.decidedAt().plus(retention)))
        .conditionExpression("attribute_not_exists(" + Tables.HASH_KEY + ")")
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(limit(atMost))
        .build();
  }

  @Override
  public Optional<UsageRecord> find(UsageRecord.Key key) {
    try {
      var answer =
          dynamoDb.getItem(
              request -> request.tableName(table).key(RecordItem.key(key)).consistentRead(true));
      return answer.hasItem() ? Optional.of(record(answer.item())) : Optional.empty();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading a usage record", e);
    }
  }

  @Override
  public void forEach(TenantId tenant, Instant from, Instant to, Consumer<UsageRecord> reader) {
    var query = UsageQuery.of(table, tenant, RecordItem.sortKey(from), RecordItem.sortKey(to));
    try {
      dynamoDb.queryPaginator(query).items().stream()
          .map(DynamoUsageRecords::record)
          .filter(record -> record.key().admittedAt().isBefore(to))
          .forEach(reader);
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading usage records", e);
    }
  }

  private static UsageRecord record(Map<String, AttributeValue> item) {
    return StoreErrors.read("reading a usage record", () -> RecordItem.read(item));
  }

  /**
   * Whether a tenant has anything in the table, records or rows of closed days.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public boolean hasAny(TenantId tenant) {
    var query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .limit(1)
            .keyConditionExpression("#pk = :pk")
            .expressionAttributeNames(Map.of("#pk", Tables.HASH_KEY))
            .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(tenant.value())))
            .build();
    try {
      return !dynamoDb.query(query).items().isEmpty();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading usage records", e);
    }
  }

  /**
   * Removes all that links a record to an end user. What the record charged stays, and so does what
   * a later release added to it. The condition makes it harmless to do again.
   *
   * @param hash the end user's, which names the end user in a record without the id
   * @return whether the record named the end user
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public boolean removeEndUser(UsageRecord.Key key, EndUser endUser, EndUserHash hash) {
    try {
      dynamoDb.updateItem(request ->
          request
              .tableName(table)
              .key(RecordItem.key(key))
              .updateExpression("REMOVE " + String.join(", ", RecordItem.END_USER_ATTRIBUTES))
              .conditionExpression(
                  "%1$s = :id OR (attribute_not_exists(%1$s) AND %2$s = :hash)"
                      .formatted(RecordItem.END_USER, RecordItem.END_USER_HASH))
              .expressionAttributeValues(
                  Map.of(
                      ":id", AttributeValue.fromS(endUser.id()),
                      ":hash", AttributeValue.fromS(hash.toString()))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    } catch (SdkException e) {
      throw StoreErrors.unavailable("changing a usage record", e);
    }
  }

  /** Items of one tenant by sort key. */
  static final class UsageQuery {
    private UsageQuery() {}

    static QueryRequest of(String table, TenantId tenant, String from, String to) {
      return QueryRequest.builder()
          .tableName(table)
          .consistentRead(true)
          .keyConditionExpression("#pk = :pk AND #sk BETWEEN :from AND :to")
          .expressionAttributeNames(Map.of("#pk", Tables.HASH_KEY, "#sk", Tables.RANGE_KEY))
          .expressionAttributeValues(
              Map.of(
                  ":pk", AttributeValue.fromS(tenant.value()),
                  ":from", AttributeValue.fromS(from),
                  ":to", AttributeValue.fromS(to)))
          .build();
    }
  }
}
