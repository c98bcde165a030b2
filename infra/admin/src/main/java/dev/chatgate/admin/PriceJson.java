package dev.chatgate.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.usage.ModelPrice;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The JSON form of a price list: {@code [{"model", "from", "above_prompt_tokens"?,
 * "prompt_usd_per_million", "cached_usd_per_million"?, "completion_usd_per_million"}]}. Rows of one
 * model and date are the tiers of one price. Reading is strict.
 */
public final class PriceJson {
  private static final String ABOVE = "above_prompt_tokens";
  private static final String PROMPT = "prompt_usd_per_million";
  private static final String CACHED = "cached_usd_per_million";
  private static final String COMPLETION = "completion_usd_per_million";
  private static final Set<String> TEXTS = Set.of("model", "from");
  private static final Set<String> MEMBERS =
      Set.of("model", "from", ABOVE, PROMPT, CACHED, COMPLETION);

  /** Micro-dollars in a dollar, as a power of ten. */
  private static final int MICRO_DIGITS = 6;

  /** More digits than any price has; a guard against exponents that fill the memory. */
  private static final int MAX_DIGITS = 18;

  private PriceJson() {}

  private record Row(ModelAndDate price, ModelPrice.Tier tier) {}

  private record ModelAndDate(String model, LocalDate from) {}

  private record TierKey(ModelAndDate price, long above) {}

  /**
   * Reads a price list.
   *
   * @throws FormatException if the text is anything else
   */
  public static List<ModelPrice> readList(String json) {
    var rows = JsonValue.parse(json, "prices").list(PriceJson::row);
    var tiers = new LinkedHashMap<ModelAndDate, List<ModelPrice.Tier>>();
    var seen = new HashMap<TierKey, Integer>();
    for (int i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      var first = seen.putIfAbsent(new TierKey(row.price(), row.tier().abovePromptTokens()), i);
      if (first != null) {
        throw new FormatException(
            "prices[%d] has the model, the date and the %s of prices[%d]"
                .formatted(i, ABOVE, first));
      }
      tiers.computeIfAbsent(row.price(), _ -> new ArrayList<>()).add(row.tier());
    }
    return tiers.entrySet().stream().map(price -> price(price.getKey(), price.getValue())).toList();
  }

  private static ModelPrice price(ModelAndDate key, List<ModelPrice.Tier> tiers) {
    try {
      return new ModelPrice(key.model(), key.from(), tiers);
    } catch (IllegalArgumentException e) {
      throw new FormatException(key.model() + " from " + key.from() + ": " + e.getMessage());
    }
  }

  private static Row row(JsonValue json) {
    json.members()
        .forEach(member -> {
          if (TEXTS.contains(member.getKey())) {
            member.getValue().text();
          } else {
            member.getValue().decimal();
          }
        });
    json.requireOnly(MEMBERS, " is not known");
    var price = new ModelAndDate(required(json, "model").text(), from(required(json, "from")));
    var cached = json.get(CACHED);
    return new Row(
        price,
        new ModelPrice.Tier(
            json.get(ABOVE).map(tokens -> whole(tokens, 0)).orElse(0L),
            whole(required(json, PROMPT), MICRO_DIGITS),
            cached.isPresent()
                ? OptionalLong.of(whole(cached.get(), MICRO_DIGITS))
                : OptionalLong.empty(),
            whole(required(json, COMPLETION), MICRO_DIGITS)));
  }

  private static JsonValue required(JsonValue row, String name) {
    return row.get(name).orElseThrow(() -> row.error("." + name + " is missing"));
  }

  private static LocalDate from(JsonValue json) {
    try {
      return LocalDate.parse(json.text());
    } catch (DateTimeException e) {
      throw json.error(" must be a date like 2026-11-01");
    }
  }

  /** A number that is whole when its point is moved to the right. */
  private static long whole(JsonValue json, int digits) {
    var number = json.decimal();
    if (number.signum() < 0 || number.precision() - number.scale() > MAX_DIGITS - digits) {
      throw json.error(" is out of range");
    }
    try {
      return number.movePointRight(digits).longValueExact();
    } catch (ArithmeticException e) {
      throw json.error(" must have at most " + digits + " decimal places");
    }
  }

  /** Writes a price list, in the form that is read. */
  public static String write(List<ModelPrice> prices) {
    var json = JsonNodeFactory.instance.arrayNode();
    prices.forEach(price -> price.tiers().forEach(tier -> json.add(row(price, tier))));
    return json.toString();
  }

  private static ObjectNode row(ModelPrice price, ModelPrice.Tier tier) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("model", price.model());
    json.put("from", price.from().toString());
    if (tier.abovePromptTokens() > 0) {
      json.put(ABOVE, tier.abovePromptTokens());
    }
    json.put(PROMPT, dollars(tier.promptMicroUsd()));
    tier.cachedMicroUsd().ifPresent(cached -> json.put(CACHED, dollars(cached)));
    json.put(COMPLETION, dollars(tier.completionMicroUsd()));
    return json;
  }

  private static BigDecimal dollars(long microUsd) {
    var plain = BigDecimal.valueOf(microUsd, MICRO_DIGITS).stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0) : plain;
  }
}
