package dev.chatgate.warmup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.warmup.fake.FakeLogin;
import dev.chatgate.warmup.fake.FakeResponses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One request of the warm-up.
 *
 * @param method the HTTP method
 * @param path the path, which is the same in both doors' events
 * @param key the tenant's key
 * @param body the body, empty if there is none
 * @param status the expected status of the answer
 */
public record WarmUpRequest(String method, String path, String key, String body, int status) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String AGENT = "OpenAI/JS 7.0.0";
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String CLIENT_SECRETS = "/openai/v1/client_secrets";
  private static final String CLIENT_SECRET =
      """
      {"expires_after":{"anchor":"created_at","seconds":60},"user":"warm-up",\
      "models":["warm-up/model"],"max_tokens_per_request":256,\
      "allowed_origins":["https://app.example.com"]}\
      """;
  private static final String MESSAGES =
      """
      "messages":[{"role":"system","content":"%s"},{"role":"user","content":"What comes after this?"}]\
      """
          .formatted("Every call says something, and most say it at some length. ".repeat(12));
  private static final String TOOLS =
      """
      "messages":[{"role":"user","content":[{"type":"text","text":"What is here?"},\
      {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},\
      {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":\
      {"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"a word"}],\
      "tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object"}}}],\
      "temperature":0.5,"top_p":1,"n":1,"stop":["."],"response_format":{"type":"json_object"}\
      """;

  /** The most frequent requests, sent in every round. */
  public static final List<WarmUpRequest> FREQUENT =
      List.of(
          chat(FakeResponses.KEY, "%s,\"max_tokens\":256".formatted(MESSAGES), 200),
          chat(FakeResponses.KEY, "\"stream\":true,%s".formatted(MESSAGES), 200));

  /**
   * All other routes and outcomes that need no failure of a dependency.
   *
   * @param clientSecret a client secret of the tenant with the key {@link FakeResponses#KEY}
   */
  static List<WarmUpRequest> rare(String clientSecret) {
    return List.of(
        chat(FakeResponses.KEY, "\"max_tokens\":16,%s".formatted(TOOLS), 200),
        chat(
            FakeResponses.KEY,
            "\"stream\":true,\"stream_options\":{\"include_usage\":true},%s".formatted(TOOLS),
            200),
        chat(FakeResponses.SPENT_KEY, MESSAGES, 429),
        call(FakeResponses.SPENT_KEY, "unpriced", MESSAGES, 429),
        call(FakeResponses.KEY, "fast", MESSAGES, 200),
        chat(FakeResponses.KEY, "\"temperature\":3,%s".formatted(MESSAGES), 400),
        chat("unknown", MESSAGES, 401),
        chat(clientSecret, MESSAGES, 200),
        chat(FakeLogin.TOKENS.getFirst(), MESSAGES, 200),
        chat(FakeLogin.TOKENS.getLast(), MESSAGES, 200),
        new WarmUpRequest("POST", CLIENT_SECRETS, FakeResponses.KEY, CLIENT_SECRET, 200),
        new WarmUpRequest("GET", "/openai/v1/models", FakeResponses.KEY, "", 200),
        new WarmUpRequest("GET", "/openai/v1/usage", FakeResponses.KEY, "", 200),
        new WarmUpRequest("OPTIONS", CHAT, "", "", 204),
        new WarmUpRequest("GET", "/health", "", "", 200),
        new WarmUpRequest("GET", "/nowhere", "", "", 404));
  }

  private static WarmUpRequest chat(String key, String members, int status) {
    return call(key, FakeResponses.MODEL, members, status);
  }

  private static WarmUpRequest call(String key, String model, String members, int status) {
    return new WarmUpRequest(
        "POST", CHAT, key, "{\"model\":\"%s\",%s}".formatted(model, members), status);
  }

  /**
   * The request as a Lambda event in payload format 2.0, valid at both doors.
   *
   * @param now its time of arrival
   */
  public byte[] event(Instant now) {
    var event = new ByteArrayOutputStream(2048);
    try (var json = JSON.createGenerator(event)) {
      json.writeStartObject();
      json.writeStringField("version", "2.0");
      json.writeStringField("routeKey", "$default");
      json.writeStringField("rawPath", path);
      json.writeStringField("rawQueryString", "");
      writeStrings(json, "headers", headers());
      writeContext(json, now);
      if (!body.isEmpty()) {
        json.writeStringField("body", body);
      }
      json.writeBooleanField("isBase64Encoded", false);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return event.toByteArray();
  }

  private void writeContext(JsonGenerator json, Instant now) throws IOException {
    json.writeObjectFieldStart("requestContext");
    json.writeStringField("accountId", "anonymous");
    json.writeStringField("apiId", "warm-up");
    json.writeNullField("authentication");
    json.writeStringField("domainName", "example.com");
    writeStrings(
        json,
        "http",
        Map.of(
            "method", method,
            "path", path,
            "protocol", "HTTP/1.1",
            "sourceIp", "192.0.2.1",
            "userAgent", AGENT));
    json.writeStringField("requestId", "warm-up");
    json.writeStringField("routeKey", "$default");
    json.writeStringField("stage", "$default");
    json.writeStringField("time", "01/Jan/2026:00:00:00 +0000");
    json.writeNumberField("timeEpoch", now.toEpochMilli());
    json.writeEndObject();
  }

  private static void writeStrings(JsonGenerator json, String name, Map<String, String> members)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (var member : members.entrySet()) {
      json.writeStringField(member.getKey(), member.getValue());
    }
    json.writeEndObject();
  }

  /** The headers that a client library sends. */
  private Map<String, String> headers() {
    return Map.of(
        "authorization", "Bearer " + key,
        "content-type", "application/json",
        "accept", "application/json",
        "host", "example.com",
        "origin", "https://app.example.com",
        "user-agent", AGENT,
        "x-stainless-lang", "js",
        "x-stainless-package-version", "7.0.0",
        "x-stainless-retry-count", "0");
  }
}
