package dev.chatgate.aws.keyset;

import static dev.chatgate.aws.keyset.KeySetItem.FETCHED_AT;
import static dev.chatgate.aws.keyset.KeySetItem.FETCHING_UNTIL;
import static dev.chatgate.aws.keyset.KeySetItem.KEYS;
import static dev.chatgate.aws.keyset.KeySetItem.NO_FETCH_BEFORE;
import static dev.chatgate.aws.keyset.KeySetItem.SOURCE;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.keyset.KeySetStore;
import dev.chatgate.keyset.StoredKeySet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Key sets in the Quota table, because functions never write the Tenants table. One item a source:
 * {@code pk = keyset#} and the source's SHA-256 in hex; {@code source}; {@code keys} and {@code
 * fetched_at}, the set and when its fetch began; {@code fetching_until}, while it is fetched;
 * {@code no_fetch_before}. Times are numbers, milliseconds since 1970.
 *
 * <p>Attributes that are not known are ignored and kept ({@link Critical}). A write costs as many
 * units as the item has kilobytes, and is made at most twice for each fetch.
 */
public final class DynamoKeySetStore implements KeySetStore {
  private static final String READING = "reading a key set";
  private static final String WRITING = "writing a key set";

  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb any client: a repeated write has the same effect, or none
   * @param tables the deployment's tables
   */
  public DynamoKeySetStore(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.quota();
  }

  @Override
  public StoredKeySet read(String source) {
    try {
      var item =
          dynamoDb
              .getItem(request ->
                  request.tableName(table).key(KeySetItem.keyOf(source)).consistentRead(true))
              .item();
      return StoreErrors.read(READING, () -> KeySetItem.read(item));
    } catch (SdkException e) {
      throw StoreErrors.unavailable(READING, e);
    }
  }

  @Override
  public boolean reserveFetch(
      String source, Instant now, Instant fetchingUntil, Instant noFetchBefore) {
    return write(
        source,
        new Update(
            "(attribute_not_exists(#no_fetch_before) OR #no_fetch_before <= :now)",
            "SET #source = :source, #fetching_until = :until, #no_fetch_before = :before",
            List.of(SOURCE, FETCHING_UNTIL, NO_FETCH_BEFORE),
            Map.of(
                ":now",
                KeySetItem.millis(now),
                ":source",
                AttributeValue.fromS(source),
                ":until",
                KeySetItem.millis(fetchingUntil),
                ":before",
                KeySetItem.millis(noFetchBefore))));
  }

  @Override
  public void put(
      String source, Instant fetchingUntil, String keys, Instant fetchedAt, Instant noFetchBefore) {
    var _ =
        write(
            source,
            new Update(
                "#fetching_until = :until",
                "SET #source = :source, #keys = :keys, #fetched_at = :at,"
                    + " #no_fetch_before = :before REMOVE #fetching_until",
                List.of(SOURCE, KEYS, FETCHED_AT, FETCHING_UNTIL, NO_FETCH_BEFORE),
                Map.of(
                    ":until",
                    KeySetItem.millis(fetchingUntil),
                    ":source",
                    AttributeValue.fromS(source),
                    ":keys",
                    AttributeValue.fromS(keys),
                    ":at",
                    KeySetItem.millis(fetchedAt),
                    ":before",
                    KeySetItem.millis(noFetchBefore))));
  }

  @Override
  public void failed(String source, Instant fetchingUntil, Instant noFetchBefore) {
    var _ =
        write(
            source,
            new Update(
                "#fetching_until = :until",
                "SET #no_fetch_before = :before REMOVE #fetching_until",
                List.of(FETCHING_UNTIL, NO_FETCH_BEFORE),
                Map.of(
                    ":until",
                    KeySetItem.millis(fetchingUntil),
                    ":before",
                    KeySetItem.millis(noFetchBefore))));
  }

  /**
   * A conditional write.
   *
   * @param names the attributes in it; an expression names them with {@code #}
   */
  private record Update(
      String condition,
      String expression,
      List<String> names,
      Map<String, AttributeValue> values) {}

  private boolean write(String source, Update update) {
    return write(source, update, Optional.empty());
  }

  /**
   * Writes if the condition holds and the item's list {@code critical} is still the given one. If
   * it has another one, and all names in it are known, the write is repeated with that.
   *
   * @return whether it was written
   */
  private boolean write(String source, Update update, Optional<AttributeValue> critical) {
    var names = new ArrayList<>(update.names());
    names.add(Critical.NAME);
    var values = new HashMap<>(update.values());
    critical.ifPresent(list -> values.put(":critical", list));
    var condition =
        update.condition()
            + (critical.isPresent()
                ? " AND #critical = :critical"
                : " AND attribute_not_exists(#critical)");
    try {
      var _ =
          dynamoDb.updateItem(request ->
              request
                  .tableName(table)
                  .key(KeySetItem.keyOf(source))
                  .conditionExpression(condition)
                  .updateExpression(update.expression())
                  .expressionAttributeNames(byPlaceholder(names))
                  .expressionAttributeValues(values)
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return true;
    } catch (ConditionalCheckFailedException e) {
      var found = Optional.ofNullable(e.item().get(Critical.NAME));
      if (found.equals(critical)) {
        return false;
      }
      KeySetItem.requireKnown(e.item());
      return write(source, update, found);
    } catch (SdkException e) {
      throw StoreErrors.unavailable(WRITING, e);
    }
  }

  private static Map<String, String> byPlaceholder(List<String> names) {
    var placeholders = new HashMap<String, String>();
    names.forEach(name -> placeholders.put("#" + name, name));
    return placeholders;
  }
}
