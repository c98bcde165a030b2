package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.usage.ModelPrice;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A price as an item of the Tenants table: {@code pk = prices, sk = DATE#MODEL}, one for each price
 * that a model has or had, with its tiers.
 */
public final class PriceItem {
  /** The partition key of all prices. */
  static final String PARTITION = "prices";

  private static final String MODEL = "model";
  private static final String FROM = "from";
  private static final String TIERS = "tiers";
  private static final Set<String> ATTRIBUTES =
      Set.of(Tables.HASH_KEY, Tables.RANGE_KEY, MODEL, FROM, TIERS, Critical.NAME);

  private PriceItem() {}

  /** The primary key of a price's item. */
  public static Map<String, AttributeValue> key(ModelPrice price) {
    return Map.of(
        Tables.HASH_KEY, AttributeValue.fromS(PARTITION),
        Tables.RANGE_KEY, AttributeValue.fromS(price.from().toString() + '#' + price.model()));
  }

  /** The attributes of a price's item, without its primary key. */
  public static Map<String, AttributeValue> attributes(ModelPrice price) {
    var tiers = price.tiers().stream().map(tier -> AttributeValue.fromM(write(tier).values()));
    return Map.of(
        MODEL, AttributeValue.fromS(price.model()),
        FROM, AttributeValue.fromS(price.from().toString()),
        TIERS, AttributeValue.fromL(tiers.toList()));
  }

  /**
   * Reads a price's item.
   *
   * @throws dev.chatgate.StoreUnavailableException if it is damaged, or has a critical attribute
   *     that is not known
   */
  static ModelPrice read(Map<String, AttributeValue> values) {
    Critical.requireKnown(values, ATTRIBUTES::contains, "a price");
    return StoreErrors.read("reading prices", () -> read(new Item(values)));
  }

  private static ModelPrice read(Item item) {
    return new ModelPrice(
        item.text(MODEL),
        LocalDate.parse(item.text(FROM)),
        item.list(TIERS).stream().map(PriceItem::readTier).toList());
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
}
