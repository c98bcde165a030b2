package dev.chatgate.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of the streaming door: payload 2.0, of which only what a call needs is kept. A
 * function URL hands the path over as the client encoded it.
 */
final class StreamEvents {
  // Lambda's own limit on an event is 6 MB: no smaller one of Jackson's may get in its way.
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  private StreamEvents() {}

  /** What an event is. */
  sealed interface Read {
    /** An HTTP call. */
    record Call(GatewayRequest request) implements Read {}

    /** The daily schedule's. */
    record KeptWarm() implements Read {}

    /** Anything else. */
    record Unknown() implements Read {}
  }

  /**
   * Reads an event.
   *
   * @param end when all work for the call must be over
   */
  static Read read(byte[] event, Instant end) {
    var fields = new Fields();
    try (var json = factory().createParser(event)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new Read.Unknown();
      }
      fields.read(json);
    } catch (IOException e) {
      return new Read.Unknown();
    }
    return fields.event(end);
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

    Read event(Instant end) {
      if (method == null || rawPath == null) {
        return KeepWarm.is(routeKey) ? new Read.KeptWarm() : new Read.Unknown();
      }
      return new Read.Call(
          new GatewayRequest(
              Door.STREAM,
              method,
              Paths.decoded(Paths.withoutStage(rawPath, stage)),
              query,
              headers,
              Bodies.of(body, base64),
              end));
    }
  }
}
