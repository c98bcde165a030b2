package dev.chatgate.local.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.chatgate.local.http.Header;
import dev.chatgate.local.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A function's response in payload format 2.0, or the prelude of a streamed one.
 *
 * @param status the HTTP status
 * @param headers for the client, cookies included
 * @param body empty for a prelude
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FunctionResponse(int status, Headers headers, byte[] body) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** AWS sets these itself; a function's value is sent as {@code x-amzn-Remapped-…}. */
  private static final Set<String> REMAPPED =
      Set.of(
          "connection",
          "content-length",
          "date",
          "keep-alive",
          "server",
          "transfer-encoding",
          "upgrade");

  /**
   * The response in a function's payload; JSON without a {@code statusCode} is the body itself.
   *
   * @param payload what the function returned
   * @param defaultType the content type where the function names none
   * @return empty if the payload is malformed
   */
  static Optional<FunctionResponse> of(byte[] payload, String defaultType) {
    try {
      JsonNode json = JSON.readTree(payload);
      if (json == null || json.isMissingNode()) {
        return Optional.empty();
      }
      return json.has("statusCode")
          ? structured(json, defaultType)
          : Optional.of(bodyOnly(json, payload));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The prelude of a streamed response.
   *
   * @param prelude the bytes before the 8 NULs
   * @return empty if it is malformed
   */
  static Optional<FunctionResponse> ofPrelude(byte[] prelude) {
    return of(prelude, "application/octet-stream");
  }

  private static Optional<FunctionResponse> structured(JsonNode json, String defaultType) {
    int status = json.get("statusCode").asInt();
    if (status < 100 || status > 599) {
      return Optional.empty();
    }
    List<Header> lines = new ArrayList<>();
    for (Map.Entry<String, JsonNode> header : json.path("headers").properties()) {
      lines.add(new Header(mapped(header.getKey()), header.getValue().asText()));
    }
    for (JsonNode cookie : json.path("cookies")) {
      lines.add(new Header("Set-Cookie", cookie.asText()));
    }
    var headers = new Headers(lines);
    boolean typed = headers.first("Content-Type").isPresent();
    return Optional.of(
        new FunctionResponse(
            status, typed ? headers : headers.with("Content-Type", defaultType), body(json)));
  }

  private static String mapped(String name) {
    return REMAPPED.contains(name.toLowerCase(Locale.ROOT)) ? "x-amzn-Remapped-" + name : name;
  }

  private static byte[] body(JsonNode json) {
    JsonNode body = json.path("body");
    if (body.isMissingNode() || body.isNull()) {
      return new byte[0];
    }
    String text = body.isTextual() ? body.textValue() : body.toString();
    return json.path("isBase64Encoded").asBoolean()
        ? Base64.getDecoder().decode(text)
        : text.getBytes(StandardCharsets.UTF_8);
  }

  private static FunctionResponse bodyOnly(JsonNode json, byte[] payload) {
    byte[] body =
        json.isTextual() ? json.textValue().getBytes(StandardCharsets.UTF_8) : payload.clone();
    return new FunctionResponse(200, Headers.of("Content-Type", "application/json"), body);
  }
}
