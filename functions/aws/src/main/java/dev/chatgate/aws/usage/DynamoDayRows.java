package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.usage.DynamoUsageRecords.UsageQuery;
import dev.chatgate.aws.usage.RecordItem.TallyItem;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.DayRow;
import dev.chatgate.usage.DayRows;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Rows of closed days in the Usage table: {@code pk} the tenant, {@code sk} {@code
 * day#DATE#PART#MODEL}. For a quota item whose shard is not 0, {@code sk} is {@code
 * day#DATE#PART.SHARD#MODEL}, and the row has an attribute {@code shard}. A release that does not
 * know this attribute adds up all rows of a day, which gives the correct sum.
 */
public final class DynamoDayRows implements DayRows {
  private static final String SORT_PREFIX = "day#";
  private static final String SHARD = "shard";

  /** Above the separator that follows a date: all rows of the date are below it. */
  private static final char AFTER_SEPARATOR = '$';

  private static final Set<String> ATTRIBUTES =
      Set.of(
          Tables.HASH_KEY,
          Tables.RANGE_KEY,
          "day",
          "model",
          "part",
          "requests",
          "prompt_tokens",
          "cached_tokens",
          "completion_tokens",
          "micro_usd",
          "estimated",
          Critical.NAME);

  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb a client
   * @param tables the deployment's tables
   */
  public DynamoDayRows(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.usage();
  }

  @Override
  public DayRow putIfAbsent(DayRow row) {
    try {
      dynamoDb.putItem(request(row));
      return row;
    } catch (ConditionalCheckFailedException e) {
      return row(row.tenant(), e.item());
    } catch (SdkException e) {
      throw StoreErrors.unavailable("writing a day's row", e);
    }
  }

  private PutItemRequest request(DayRow row) {
    var item =
        new Item.Writer()
            .text(Tables.HASH_KEY, row.tenant().value())
            .text(Tables.RANGE_KEY, sortKey(row))
            .text("day", row.day().toString())
            .text("model", row.model())
            .number("part", row.part());
    if (row.shard() != 0) {
      item.number(SHARD, row.shard());
    }
    TallyItem.write(item, row.tally());
    return PutItemRequest.builder()
        .tableName(table)
        .item(item.values())
        .conditionExpression("attribute_not_exists(" + Tables.HASH_KEY + ")")
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  private static String sortKey(DayRow row) {
    var part = row.shard() == 0 ? "" + row.part() : row.part() + "." + row.shard();
    return SORT_PREFIX + row.day() + '#' + part + '#' + row.model();
  }

  @Override
  public void forEach(TenantId tenant, LocalDate from, LocalDate to, Consumer<DayRow> reader) {
    var query =
        UsageQuery.of(table, tenant, SORT_PREFIX + from, SORT_PREFIX + to + AFTER_SEPARATOR);
    try {
      dynamoDb.queryPaginator(query).items().forEach(item -> reader.accept(row(tenant, item)));
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading days' rows", e);
    }
  }

  private static DayRow row(TenantId tenant, Map<String, AttributeValue> values) {
    Critical.requireKnown(values, ATTRIBUTES::contains, "a day's row");
    return StoreErrors.read("reading days' rows", () -> row(tenant, new Item(values)));
  }

  private static DayRow row(TenantId tenant, Item item) {
    return new DayRow(
        tenant,
        item.has(SHARD) ? item.small(SHARD) : 0,
        LocalDate.parse(item.text("day")),
        item.text("model"),
        item.small("part"),
        TallyItem.read(item));
  }
}
