package dev.chatgate.local.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.http.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * An offline provider: chat completions, plain and streamed at a realistic pace, with usage, tool
 * calls, structured output and several choices; a list of models, some of which fail in the way
 * that their name says; an error for a wrong key. It accepts every model name.
 */
public final class BuiltInUpstream implements AutoCloseable {
  /** The models in its list. */
  public static final List<String> MODELS = BuiltInModel.names();

  private static final String BUSY_FOR_SECONDS = "2";

  private static final String ROOT = "/openai/v1";
  private static final int MAX_BODY_BYTES = 32 << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Headers AS_JSON = Headers.of("Content-Type", "application/json");

  private final HttpServer server;
  private final String key;
  private final Pacing usual;
  private final Clock clock;

  private BuiltInUpstream(int port, String key, Pacing pacing, Clock clock) {
    this.key = key;
    this.usual = pacing;
    this.clock = clock;
    this.server = HttpServer.start(port, this::handle);
  }

  /**
   * Starts it on a free port.
   *
   * @param key the only valid key
   * @param pacing how fast it answers
   * @param clock dates its answers
   */
  public static BuiltInUpstream start(String key, Pacing pacing, Clock clock) {
    return new BuiltInUpstream(0, key, pacing, clock);
  }

  /** The value for {@code UPSTREAM_BASE_URL}. */
  public String baseUrl() {
    return "http://127.0.0.1:" + server.port() + ROOT;
  }

  @Override
  public void close() {
    server.close();
  }

  private void handle(Request request, Reply answer) throws IOException {
    if (!request.headers().first("Authorization").orElse("").equals("Bearer " + key)) {
      error(answer, 401, "invalid_api_key", "Incorrect API key provided.");
      return;
    }
    String call = request.method() + " " + request.path();
    if (call.equals("POST " + ROOT + "/chat/completions")) {
      complete(request, answer);
    } else if (call.equals("GET " + ROOT + "/models")) {
      send(answer, models());
    } else {
      error(answer, 404, "unknown_url", "There is nothing at this URL.");
    }
  }

  private void complete(Request request, Reply answer) throws IOException {
    JsonNode body;
    try {
      body = JSON.readTree(request.bodyBytes(MAX_BODY_BYTES));
    } catch (JsonProcessingException e) {
      error(answer, 400, "invalid_json", "The body is not JSON.");
      return;
    }
    if (!body.path("model").isTextual() || body.path("messages").isEmpty()) {
      error(answer, 400, "invalid_value", "model and messages are required.");
      return;
    }
    var model = BuiltInModel.of(body.path("model").textValue());
    switch (model) {
      case BUSY ->
          error(
              answer,
              429,
              "rate_limit_exceeded",
              "This model is always too busy.",
              AS_JSON.with("Retry-After", BUSY_FOR_SECONDS));
      case FAILING -> error(answer, 500, "server_error", "This model always fails.");
      case CHAT, CHAT_LARGE, SLOW, CUT, TOOLS, REASONING, LONG -> {
        if (body.path("stream").asBoolean()) {
          stream(body, model, answer);
        } else {
          plain(body, model, answer);
        }
      }
    }
  }

  private void plain(JsonNode body, BuiltInModel model, Reply answer) throws IOException {
    ReplyPlan reply = ReplyPlan.to(body, model);
    Pacing pacing = model.pacing(usual);
    pause(pacing.firstToken().plus(pacing.eachToken().multipliedBy(reply.tokens().size())));
    ObjectNode completion = envelope(body, "chat.completion");
    ArrayNode choices = completion.putArray("choices");
    for (int i = 0; i < choicesOf(body); i++) {
      ObjectNode choice = choices.addObject().put("index", i);
      ObjectNode message = choice.putObject("message").put("role", "assistant");
      if (reply.tool().isPresent()) {
        message.putNull("content");
        call(message.putArray("tool_calls").addObject(), reply.tool().get(), reply.text());
      } else {
        message.put("content", reply.text());
      }
      if (!reply.reasoning().isEmpty()) {
        message.put("reasoning_content", String.join("", reply.reasoning()));
      }
      choice.putNull("logprobs").put("finish_reason", reply.finishReason());
    }
    completion.set("usage", usage(body, reply));
    if (model == BuiltInModel.CUT) {
      sendHalf(answer, completion);
    } else {
      send(answer, completion);
    }
  }

  private static void sendHalf(Reply answer, JsonNode body) throws IOException {
    byte[] whole = JSON.writeValueAsBytes(body);
    try (OutputStream out = answer.stream(200, AS_JSON)) {
      out.write(whole, 0, whole.length / 2);
      out.flush();
      answer.cut();
    }
  }

  private void stream(JsonNode body, BuiltInModel model, Reply answer) throws IOException {
    ReplyPlan reply = ReplyPlan.to(body, model);
    Pacing pacing = model.pacing(usual);
    ObjectNode envelope = envelope(body, "chat.completion.chunk");
    var headers = Headers.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache");
    try (OutputStream out = answer.stream(200, headers)) {
      pause(pacing.firstToken());
      toEach(body, out, envelope, delta -> opening(delta, reply));
      for (String token : reply.reasoning()) {
        toEach(body, out, envelope, delta -> delta.put("reasoning_content", token));
        pause(pacing.eachToken());
      }
      var said = reply.tokens();
      for (String token : model == BuiltInModel.CUT ? said.subList(0, said.size() / 2) : said) {
        toEach(body, out, envelope, delta -> piece(delta, reply, token));
        pause(pacing.eachToken());
      }
      if (model == BuiltInModel.CUT) {
        answer.cut();
        return;
      }
      for (int i = 0; i < choicesOf(body); i++) {
        ObjectNode chunk = chunk(envelope, i);
        ((ObjectNode) chunk.path("choices").get(0)).put("finish_reason", reply.finishReason());
        event(out, chunk.toString());
      }
      if (body.path("stream_options").path("include_usage").asBoolean()) {
        ObjectNode last = envelope.deepCopy();
        last.putArray("choices");
        last.set("usage", usage(body, reply));
        event(out, last.toString());
      }
      event(out, "[DONE]");
    }
  }

  private interface Filling {
    void fill(ObjectNode delta);
  }

  private static void toEach(JsonNode body, OutputStream out, ObjectNode envelope, Filling filling)
      throws IOException {
    for (int i = 0; i < choicesOf(body); i++) {
      ObjectNode chunk = chunk(envelope, i);
      filling.fill((ObjectNode) chunk.path("choices").get(0).path("delta"));
      event(out, chunk.toString());
    }
  }

  private static void opening(ObjectNode delta, ReplyPlan reply) {
    delta.put("role", "assistant");
    if (reply.tool().isPresent()) {
      delta.putNull("content");
      call(delta.putArray("tool_calls").addObject().put("index", 0), reply.tool().get(), "");
    } else {
      delta.put("content", "");
    }
  }

  private static void piece(ObjectNode delta, ReplyPlan reply, String token) {
    if (reply.tool().isPresent()) {
      ObjectNode call = delta.putArray("tool_calls").addObject().put("index", 0);
      call.putObject("function").put("arguments", token);
    } else {
      delta.put("content", token);
    }
  }

  private static void call(ObjectNode call, String name, String arguments) {
    call.put("id", "call_" + shortId()).put("type", "function");
    call.putObject("function").put("name", name).put("arguments", arguments);
  }

  private static ObjectNode chunk(ObjectNode envelope, int index) {
    ObjectNode chunk = envelope.deepCopy();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
    choice.putObject("delta");
    choice.putNull("finish_reason");
    return chunk;
  }

  private ObjectNode envelope(JsonNode body, String object) {
    return JSON.createObjectNode()
        .put("id", "chatcmpl-" + shortId())
        .put("object", object)
        .put("created", clock.instant().getEpochSecond())
        .put("model", body.path("model").textValue());
  }

  private static ObjectNode usage(JsonNode body, ReplyPlan reply) {
    int prompt = Prompt.tokens(body);
    int reasoning = reply.reasoning().size();
    int completion = (reasoning + reply.tokens().size()) * choicesOf(body);
    ObjectNode usage =
        JSON.createObjectNode()
            .put("prompt_tokens", prompt)
            .put("completion_tokens", completion)
            .put("total_tokens", prompt + completion);
    if (reasoning > 0) {
      usage
          .putObject("completion_tokens_details")
          .put("reasoning_tokens", reasoning * choicesOf(body));
    }
    return usage;
  }

  private ObjectNode models() {
    ObjectNode list = JSON.createObjectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (String model : MODELS) {
      data.addObject()
          .put("id", model)
          .put("object", "model")
          .put("created", clock.instant().getEpochSecond())
          .put("owned_by", "local");
    }
    return list;
  }

  private static int choicesOf(JsonNode body) {
    return Math.max(1, body.path("n").asInt(1));
  }

  private static String shortId() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 24);
  }

  private static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void send(Reply answer, JsonNode body) throws IOException {
    answer.send(200, AS_JSON, JSON.writeValueAsBytes(body));
  }

  private static void error(Reply answer, int status, String code, String message)
      throws IOException {
    error(answer, status, code, message, AS_JSON);
  }

  private static void error(Reply answer, int status, String code, String message, Headers headers)
      throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error")
        .put("message", message)
        .put("type", "invalid_request_error")
        .putNull("param")
        .put("code", code);
    answer.send(status, headers, JSON.writeValueAsBytes(body));
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
