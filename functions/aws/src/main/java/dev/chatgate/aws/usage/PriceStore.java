package dev.chatgate.aws.usage;

import dev.chatgate.aws.StoreErrors;
import dev.chatgate.aws.Tables;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.PriceSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * Prices in the Tenants table: {@code pk = prices, sk = DATE#MODEL}, one item for each price that a
 * model has or had, with its tiers. A price in force is never changed: a new one has a later date.
 */
public final class PriceStore implements PriceSource {
  private static final String PARTITION = "prices";

  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  public PriceStore(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.tenants();
  }

  @Override
  public List<ModelPrice> prices() {
    var query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .keyConditionExpression("#pk = :prices")
            .expressionAttributeNames(Map.of("#pk", Tables.HASH_KEY))
            .expressionAttributeValues(Map.of(":prices", AttributeValue.fromS(PARTITION)))
            .build();
    try {
      return dynamoDb.queryPaginator(query).items().stream().map(PriceStore::price).toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading prices", e);
    }
  }

  /**
   * Writes a price, in the place of one of the same model and date.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   */
  public void put(ModelPrice price) {
    var item =
        new Item.Writer()
            .text(Tables.HASH_KEY, PARTITION)
            .text(Tables.RANGE_KEY, price.from().toString() + '#' + price.model())
            .text("model", price.model())
            .text("from", price.from().toString());
    item.values()
        .put("tiers", AttributeValue.fromL(price.tiers().stream().map(PriceStore::tier).toList()));
    try {
      dynamoDb.putItem(request -> request.tableName(table).item(item.values()));
    } catch (SdkException e) {
      throw StoreErrors.unavailable("writing a price", e);
    }
  }

  private static AttributeValue tier(ModelPrice.Tier tier) {
    return AttributeValue.fromM(write(tier).values());
  }

  /** A tier's numbers, as prices and records keep them. */
  static Item.Writer write(ModelPrice.Tier tier) {
    var members =
        new Item.Writer()
            .number("above", tier.abovePromptTokens())
            .number("prompt", tier.promptMicroUsd())
            .number("completion", tier.completionMicroUsd());
    tier.cachedMicroUsd().ifPresent(cached -> members.number("cached", cached));
    return members;
  }

  /** Reads {@link #write}'s numbers. */
  static ModelPrice.Tier readTier(Item members) {
    return new ModelPrice.Tier(
        members.number("above"),
        members.number("prompt"),
        members.has("cached") ? OptionalLong.of(members.number("cached")) : OptionalLong.empty(),
        members.number("completion"));
  }

  private static ModelPrice price(Map<String, AttributeValue> values) {
    var item = new Item(values);
    return new ModelPrice(
        item.text("model"),
        LocalDate.parse(item.text("from")),
        item.list("tiers").stream().map(PriceStore::readTier).toList());
  }
}
