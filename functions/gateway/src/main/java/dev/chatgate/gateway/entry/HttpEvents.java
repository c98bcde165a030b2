package dev.chatgate.gateway.entry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of both doors: payload 2.0, of which only what a call needs is kept. An HTTP API
 * hands the path over percent-decoded, a function URL as the client encoded it.
 */
public final class HttpEvents {
  // Lambda's own limit on an event is 6 MB: no smaller one of Jackson's may get in its way.
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  private HttpEvents() {}

  /** What an event is. */
  public sealed interface Read {
    /** An HTTP call. */
    record Call(GatewayRequest request) implements Read {}

    /** The daily schedule's. */
    record KeptWarm() implements Read {}

    /** Anything else. */
    record Unknown() implements Read {}
  }

  /**
   * Reads an event of the streaming door.
   *
   * @param end when all work for the call must be over
   */
  public static Read streamed(byte[] event, Instant end) {
    try (var json = factory().createParser(event)) {
      return fields(json).streamed(end);
    } catch (IOException e) {
      return new Read.Unknown();
    }
  }

  /**
   * Reads an event of the buffered door.
   *
   * @param now the present, for an event that does not say when it came
   */
  public static Read buffered(InputStream event, Instant now) {
    try (var json = factory().createParser(event)) {
      return fields(json).buffered(now);
    } catch (IOException e) {
      return new Read.Unknown();
    }
  }

  private static Fields fields(JsonParser json) throws IOException {
    var fields = new Fields();
    if (json.nextToken() == JsonToken.START_OBJECT) {
      fields.read(json);
    }
    return fields;
  }

  /**
   * A factory for one event. Jackson keeps every key it has met in the factory: with a shared one
   * anybody could fill the heap with names of headers.
   */
  private static JsonFactory factory() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(CONSTRAINTS)
        .build();
  }

  private static final class Fields {
    private @Nullable String routeKey;
    private @Nullable String method;
    private @Nullable String rawPath;
    private @Nullable String stage;
    private long timeEpoch;
    private String query = "";
    private Map<String, String> headers = Map.of();
    private @Nullable String body;
    private boolean base64;

    void read(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "routeKey" -> routeKey = string(json);
          case "rawPath" -> rawPath = string(json);
          case "rawQueryString" -> query = Optional.ofNullable(string(json)).orElse("");
          case "headers" -> headers = strings(json);
          case "body" -> body = string(json);
          case "isBase64Encoded" -> base64 = json.currentToken() == JsonToken.VALUE_TRUE;
          case "requestContext" -> readContext(json);
          default -> json.skipChildren();
        }
      }
    }

    private void readContext(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "stage" -> stage = string(json);
          case "timeEpoch" -> timeEpoch = number(json);
          case "http" -> method = strings(json).get("method");
          default -> json.skipChildren();
        }
      }
    }

    private static @Nullable String string(JsonParser json) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        return json.getText();
      }
      json.skipChildren();
      return null;
    }

    /** A whole number; 0 for anything else. */
    private static long number(JsonParser json) throws IOException {
      boolean whole =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      json.skipChildren();
      return whole ? json.getLongValue() : 0;
    }

    /** The members of an object that are strings, their names in lower case. */
    private static Map<String, String> strings(JsonParser json) throws IOException {
      var strings = new HashMap<String, String>();
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return strings;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName().toLowerCase(Locale.ROOT);
        json.nextToken();
        String value = string(json);
        if (value != null) {
          strings.put(name, value);
        }
      }
      return strings;
    }

    public Read streamed(Instant end) {
      return event(Door.STREAM, Paths::decoded, end);
    }

    public Read buffered(Instant now) {
      var arrived = timeEpoch > 0 ? Instant.ofEpochMilli(timeEpoch) : now;
      return event(Door.API, UnaryOperator.identity(), arrived.plus(Door.API_ANSWERS_WITHIN));
    }

    private Read event(Door door, UnaryOperator<String> decoding, Instant end) {
      if (method == null || rawPath == null) {
        return KeepWarm.is(routeKey) ? new Read.KeptWarm() : new Read.Unknown();
      }
      return new Read.Call(
          new GatewayRequest(
              door,
              method,
              decoding.apply(Paths.withoutStage(rawPath, stage)),
              query,
              headers,
              Bodies.of(body, base64),
              end));
    }
  }
}
