package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.ItemSize;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.PriceSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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
  private static final String MODEL = "model";
  private static final String FROM = "from";
  private static final String TIERS = "tiers";
  private static final Set<String> ATTRIBUTES =
      Set.of(Tables.HASH_KEY, Tables.RANGE_KEY, MODEL, FROM, TIERS, Critical.NAME);

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
   * Writes a price, in the place of one of the same model and date; attributes that are not known
   * stay.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if it is too large to be stored; the message is a sentence
   */
  public void put(ModelPrice price) {
    if (ModelName.isTooLong(price.model())) {
      throw new IllegalArgumentException(
          "The model's name of a price from %s has more than %d bytes, which no call can use."
              .formatted(price.from(), ModelName.MAX_BYTES));
    }
    var tiers = price.tiers().stream().map(PriceStore::tier).toList();
    var values =
        Map.of(
            ":model", AttributeValue.fromS(price.model()),
            ":from", AttributeValue.fromS(price.from().toString()),
            ":tiers", AttributeValue.fromL(tiers));
    ItemSize.require(
        "The price of " + price.model() + " from " + price.from(),
        values,
        "it has too many tiers.");
    try {
      dynamoDb.updateItem(request ->
          request
              .tableName(table)
              .key(key(price))
              .updateExpression("SET #model = :model, #from = :from, #tiers = :tiers")
              .expressionAttributeNames(Map.of("#model", MODEL, "#from", FROM, "#tiers", TIERS))
              .expressionAttributeValues(values));
    } catch (SdkException e) {
      throw StoreErrors.unavailable("writing a price", e);
    }
  }

  private static Map<String, AttributeValue> key(ModelPrice price) {
    return Map.of(
        Tables.HASH_KEY, AttributeValue.fromS(PARTITION),
        Tables.RANGE_KEY, AttributeValue.fromS(price.from().toString() + '#' + price.model()));
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
    Critical.requireKnown(values, ATTRIBUTES, "a price");
    return StoreErrors.read("reading prices", () -> price(new Item(values)));
  }

  private static ModelPrice price(Item item) {
    return new ModelPrice(
        item.text(MODEL),
        LocalDate.parse(item.text(FROM)),
        item.list(TIERS).stream().map(PriceStore::readTier).toList());
  }
}
