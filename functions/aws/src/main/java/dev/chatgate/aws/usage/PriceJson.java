package dev.chatgate.aws.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.chatgate.usage.ModelPrice;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The JSON form of a price list: {@code [{"model", "from", "above_prompt_tokens"?,
 * "prompt_usd_per_million", "cached_usd_per_million"?, "completion_usd_per_million"}]}. Rows of one
 * model and date are the tiers of one price. Reading is strict.
 */
public final class PriceJson {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final String ABOVE = "above_prompt_tokens";
  private static final String PROMPT = "prompt_usd_per_million";
  private static final String CACHED = "cached_usd_per_million";
  private static final String COMPLETION = "completion_usd_per_million";
  private static final Set<String> TEXTS = Set.of("model", "from");
  private static final Set<String> NUMBERS = Set.of(ABOVE, PROMPT, CACHED, COMPLETION);

  /** Micro-dollars in a dollar, as a power of ten. */
  private static final int MICRO_DIGITS = 6;

  /** More digits than any price has; a guard against exponents that fill the memory. */
  private static final int MOST_DIGITS = 18;

  private PriceJson() {}

  /** The text is not a price list; the message names the row and says what was expected. */
  public static final class FormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
      super(message);
    }
  }

  /** One row, as it stands. */
  private record Row(int index, Map<String, String> members) {
    String text(String name) {
      var value = members.get(name);
      if (value == null) {
        throw new FormatException(path(name) + " is missing");
      }
      return value;
    }

    LocalDate from() {
      try {
        return LocalDate.parse(text("from"));
      } catch (DateTimeException e) {
        throw new FormatException(path("from") + " must be a date like 2026-11-01");
      }
    }

    long above() {
      return members.containsKey(ABOVE) ? whole(ABOVE, 0) : 0;
    }

    OptionalLong cached() {
      return members.containsKey(CACHED)
          ? OptionalLong.of(whole(CACHED, MICRO_DIGITS))
          : OptionalLong.empty();
    }

    /** A number that is whole when its point is moved to the right. */
    long whole(String name, int digits) {
      var number = new BigDecimal(text(name));
      if (number.signum() < 0 || number.precision() - number.scale() > MOST_DIGITS - digits) {
        throw new FormatException(path(name) + " is out of range");
      }
      try {
        return number.movePointRight(digits).longValueExact();
      } catch (ArithmeticException e) {
        throw new FormatException(path(name) + " must have at most " + digits + " decimal places");
      }
    }

    ModelPrice.Tier tier() {
      return new ModelPrice.Tier(
          above(), whole(PROMPT, MICRO_DIGITS), cached(), whole(COMPLETION, MICRO_DIGITS));
    }

    String path(String name) {
      return "prices[" + index + "]." + name;
    }
  }

  private record TierKey(String model, LocalDate from, long above) {}

  private record ModelAndDate(String model, LocalDate from) {}

  /**
   * Reads a price list.
   *
   * @throws FormatException if the text is anything else
   */
  public static List<ModelPrice> readList(String json) {
    var tiers = new LinkedHashMap<ModelAndDate, List<ModelPrice.Tier>>();
    var seen = new HashMap<TierKey, Integer>();
    for (var row : rows(json)) {
      var key = new TierKey(row.text("model"), row.from(), row.tier().abovePromptTokens());
      var first = seen.putIfAbsent(key, row.index());
      if (first != null) {
        throw new FormatException(
            "prices[%d] has the model, the date and the %s of prices[%d]"
                .formatted(row.index(), ABOVE, first));
      }
      tiers
          .computeIfAbsent(new ModelAndDate(row.text("model"), row.from()), _ -> new ArrayList<>())
          .add(row.tier());
    }
    return tiers.entrySet().stream().map(price -> price(price.getKey(), price.getValue())).toList();
  }

  /** Writes a price list, in the form that is read. */
  public static String write(List<ModelPrice> prices) {
    var out = new StringWriter();
    try (var json = JSON.createGenerator(out)) {
      json.writeStartArray();
      for (var price : prices) {
        for (var tier : price.tiers()) {
          write(json, price, tier);
        }
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes every character", e);
    }
    return out.toString();
  }

  private static void write(JsonGenerator json, ModelPrice price, ModelPrice.Tier tier)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("model", price.model());
    json.writeStringField("from", price.from().toString());
    if (tier.abovePromptTokens() > 0) {
      json.writeNumberField(ABOVE, tier.abovePromptTokens());
    }
    json.writeNumberField(PROMPT, dollars(tier.promptMicroUsd()));
    if (tier.cachedMicroUsd().isPresent()) {
      json.writeNumberField(CACHED, dollars(tier.cachedMicroUsd().getAsLong()));
    }
    json.writeNumberField(COMPLETION, dollars(tier.completionMicroUsd()));
    json.writeEndObject();
  }

  private static BigDecimal dollars(long microUsd) {
    var plain = BigDecimal.valueOf(microUsd, MICRO_DIGITS).stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0) : plain;
  }

  private static ModelPrice price(ModelAndDate key, List<ModelPrice.Tier> tiers) {
    try {
      return new ModelPrice(key.model(), key.from(), tiers);
    } catch (IllegalArgumentException e) {
      throw new FormatException(key.model() + " from " + key.from() + ": " + e.getMessage());
    }
  }

  private static List<Row> rows(String json) {
    try (var parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new FormatException("prices must be a list");
      }
      var rows = new ArrayList<Row>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        rows.add(row(parser, rows.size()));
      }
      if (parser.nextToken() != null) {
        throw new FormatException("there is more after the end of the JSON");
      }
      return rows;
    } catch (JsonProcessingException e) {
      throw new FormatException("prices are not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("a string can be read", e);
    }
  }

  private static Row row(JsonParser parser, int index) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new FormatException("prices[" + index + "] must be an object");
    }
    var row = new Row(index, new LinkedHashMap<>());
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      requireType(row, name, parser.nextToken());
      row.members().put(name, parser.getText());
    }
    return row;
  }

  private static void requireType(Row row, String name, JsonToken value) {
    boolean number = value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT;
    if (TEXTS.contains(name) ? value != JsonToken.VALUE_STRING : !number) {
      throw new FormatException(
          row.path(name) + " must be a " + (TEXTS.contains(name) ? "string" : "number"));
    }
    if (!TEXTS.contains(name) && !NUMBERS.contains(name)) {
      throw new FormatException(row.path(name) + " is not known");
    }
  }
}
