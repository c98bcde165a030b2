package dev.chatgate.gateway.entry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.chatgate.gateway.http.Bodies;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.gateway.http.GatewayRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parser for the doors' events (payload 2.0). It keeps only the fields that a request needs. */
public final class HttpEvents {
  // Lambda limits an event to 6 MB; Jackson's smaller limit on strings must not apply.
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  private HttpEvents() {}

  /** A parsed event. */
  public sealed interface Read {
    /** An HTTP request. */
    record Call(GatewayRequest request) implements Read {}

    /** The daily keep-warm event. */
    record KeptWarm() implements Read {}

    /** Any other event. */
    record Unknown() implements Read {}
  }

  /**
   * Reads an event.
   *
   * @param door the door that received it
   * @param now the current time, used as time of arrival if the event has none
   * @param latest when all work for the call must be finished, unless the door must answer earlier
   */
  public static Read read(Door door, byte[] event, Instant now, Instant latest) {
    try (var json = factory().createParser(event)) {
      return fields(json).read(door, now, latest);
    } catch (IOException e) {
      return new Read.Unknown();
    }
  }

  /** Reads an event from a stream, without keeping the whole event in memory. */
  public static Read read(Door door, InputStream event, Instant now, Instant latest) {
    try (var json = factory().createParser(event)) {
      return fields(json).read(door, now, latest);
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
   * Creates a factory for one event. A factory caches all field names that it has read; with a
   * shared factory, requests with ever new header names would fill the heap.
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
    private @Nullable String sourceIp;
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
          case "http" -> readHttp(strings(json));
          default -> json.skipChildren();
        }
      }
    }

    private void readHttp(Map<String, String> http) {
      method = http.get("method");
      sourceIp = http.get("sourceip");
    }

    private static @Nullable String string(JsonParser json) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        return json.getText();
      }
      json.skipChildren();
      return null;
    }

    /** Returns an integer; 0 for any other value. */
    private static long number(JsonParser json) throws IOException {
      boolean whole =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      json.skipChildren();
      return whole ? json.getLongValue() : 0;
    }

    /** Returns the string members of an object, with names in lower case. */
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

    Read read(Door door, Instant now, Instant latest) {
      if (method == null || rawPath == null) {
        return KeepWarm.is(routeKey) ? new Read.KeptWarm() : new Read.Unknown();
      }
      return new Read.Call(
          new GatewayRequest(
              door,
              method,
              path(door, rawPath),
              query,
              headers,
              Bodies.of(body, base64),
              end(door, now, latest),
              Optional.ofNullable(sourceIp)));
    }

    private String path(Door door, String raw) {
      var path = Paths.withoutStage(raw, stage);
      return door.encodedPath() ? Paths.decoded(path) : path;
    }

    private Instant end(Door door, Instant now, Instant latest) {
      var arrived = timeEpoch > 0 ? Instant.ofEpochMilli(timeEpoch) : now;
      return door.answersWithin()
          .map(arrived::plus)
          .filter(end -> end.isBefore(latest))
          .orElse(latest);
    }
  }
}
