package dev.chatgate.gateway.account;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.cache.Lifetime;
import dev.chatgate.cache.RefreshingValue;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Caller;
import dev.chatgate.usage.ModelPrice;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models that a caller may use: the tenant's aliases, the priced models and the provider's own
 * list, restricted by the allow-lists of the tenant and of the credential. The provider's list is
 * cached for 5 minutes. A request waits at most 3 s for it; if it does not arrive, the answer
 * contains only the aliases and priced models.
 */
public final class ModelCatalog {
  private static final Duration CACHED_FOR = Duration.ofMinutes(5);
  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  // After a failed fetch of the provider's list, it is not fetched again for this time.
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final JsonFactory JSON = new JsonFactory();

  /** A micro-dollar has six decimals. */
  private static final int MICRO_DIGITS = 6;

  private static final Lifetime LIFETIME = Lifetime.lenient(CACHED_FOR, CACHED_FOR, PAUSE);

  private final Supplier<? extends Map<String, ModelPrice>> prices;
  private final RefreshingValue<Map<String, Model>> ofProvider;

  /** A model in OpenAI's shape, with its price if the caller may see it. */
  private record Model(String id, long created, String ownedBy, Optional<ModelPrice> price) {
    static Model ours(String id) {
      return new Model(id, 0, "chatgate", Optional.empty());
    }

    Model withPrice(Optional<ModelPrice> found) {
      return new Model(id, created, ownedBy, found);
    }
  }

  /**
   * @param provider fetches the body of the provider's list within the given time; empty if that
   *     fails
   * @param prices today's prices, by the model's name
   * @param clock the current time
   */
  public ModelCatalog(
      Function<Duration, Optional<byte[]>> provider,
      Supplier<? extends Map<String, ModelPrice>> prices,
      InstantSource clock) {
    this.prices = prices;
    this.ofProvider =
        new RefreshingValue<>(
            "the provider's list of models",
            () ->
                provider
                    .apply(MAX_WAIT)
                    .map(ModelCatalog::read)
                    .orElseThrow(ListUnavailableException::new),
            _ -> LIFETIME,
            clock,
            Runnable::run);
    ofProvider.set(Map.of(), Instant.EPOCH);
  }

  /** The provider's list could not be fetched in time. */
  private static final class ListUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Answers {@code GET /v1/models}. */
  public void list(Exchange exchange, Caller who) {
    var models = modelsOf(who).values();
    exchange.json(
        200,
        written(json -> {
          json.writeStartObject();
          json.writeStringField("object", "list");
          json.writeArrayFieldStart("data");
          for (var model : models) {
            write(json, model);
          }
          json.writeEndArray();
          json.writeEndObject();
        }));
  }

  /** Answers {@code GET /v1/models/{id}}. */
  public void show(Exchange exchange, Caller who, String id) {
    var model = modelsOf(who).get(id);
    if (model == null) {
      exchange.refuse(
          ApiError.about(
              ErrorCode.MODEL_NOT_FOUND,
              "model",
              "The model does not exist, or this credential may not use it."));
    } else {
      exchange.json(200, written(json -> write(json, model)));
    }
  }

  private Map<String, Model> modelsOf(Caller who) {
    var models = new LinkedHashMap<String, Model>();
    who.tenant().modelAliases().keySet().stream()
        .sorted()
        .forEach(name -> models.put(name, Model.ours(name)));
    var priced = prices.get();
    priced.keySet().stream().sorted().forEach(name -> models.putIfAbsent(name, Model.ours(name)));
    ofProvider.get().forEach(models::putIfAbsent);
    models.keySet().removeIf(name -> !who.mayUse(name));
    if (who.seesTenantTotals()) {
      models.replaceAll((name, model) -> model.withPrice(priceOf(name, who, priced)));
    }
    return models;
  }

  /** The price of the name as the tenant sends it, else of the provider's name behind an alias. */
  private static Optional<ModelPrice> priceOf(
      String name, Caller who, Map<String, ModelPrice> priced) {
    return Optional.ofNullable(priced.get(name))
        .or(() -> Optional.ofNullable(who.tenant().modelAliases().get(name)).map(priced::get));
  }

  /** Reads the {@code data} of a list in OpenAI's format. Elements of another form are skipped. */
  private static Map<String, Model> read(byte[] body) {
    var models = new LinkedHashMap<String, Model>();
    try (var json = JSON.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean isData = json.currentName().equals("data");
          if (json.nextToken() == JsonToken.START_ARRAY && isData) {
            readList(json, models);
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      // A truncated or damaged list counts as far as it could be read.
      return models;
    }
    return models;
  }

  private static void readList(JsonParser json, Map<String, Model> models) throws IOException {
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        var model = readModel(json);
        if (model != null) {
          models.put(model.id, model);
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private static @Nullable Model readModel(JsonParser json) throws IOException {
    String id = null;
    String ownedBy = "";
    long created = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      var value = json.nextToken();
      if (name.equals("id") && value == JsonToken.VALUE_STRING) {
        id = json.getText();
      } else if (name.equals("owned_by") && value == JsonToken.VALUE_STRING) {
        ownedBy = json.getText();
      } else if (name.equals("created") && value == JsonToken.VALUE_NUMBER_INT) {
        created = json.getLongValue();
      } else {
        json.skipChildren();
      }
    }
    return id == null ? null : new Model(id, created, ownedBy, Optional.empty());
  }

  private interface JsonWriter {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String written(JsonWriter writer) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      writer.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Model model) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", model.id);
    json.writeStringField("object", "model");
    json.writeNumberField("created", model.created);
    json.writeStringField("owned_by", model.ownedBy);
    if (model.price.isPresent()) {
      json.writeArrayFieldStart("price_tiers");
      for (var tier : model.price.get().tiers()) {
        write(json, tier);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, ModelPrice.Tier tier) throws IOException {
    json.writeStartObject();
    json.writeNumberField("above_prompt_tokens", tier.abovePromptTokens());
    writeUsd(json, "prompt_usd_per_million", tier.promptMicroUsd());
    if (tier.cachedMicroUsd().isPresent()) {
      writeUsd(json, "cached_usd_per_million", tier.cachedMicroUsd().getAsLong());
    }
    writeUsd(json, "completion_usd_per_million", tier.completionMicroUsd());
    json.writeEndObject();
  }

  private static void writeUsd(JsonGenerator json, String name, long microUsd) throws IOException {
    var usd = BigDecimal.valueOf(microUsd, MICRO_DIGITS).stripTrailingZeros();
    json.writeFieldName(name);
    json.writeNumber(usd.toPlainString());
  }
}
