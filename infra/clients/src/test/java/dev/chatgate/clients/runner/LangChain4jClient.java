package dev.chatgate.clients.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** LangChain4j with its module for OpenAI. */
final class LangChain4jClient implements Client {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Optional<Answer> plain(Call call) throws Exception {
    if (call.extra() == Call.Extra.LOGPROBS) {
      return Optional.empty();
    }
    var model =
        OpenAiChatModel.builder()
            .baseUrl(call.base())
            .apiKey(call.key())
            .modelName(call.model())
            .maxTokens(call.maxTokens())
            .temperature(temperature(call))
            .strictJsonSchema(true);
    if (!call.ownRetries()) {
      model.maxRetries(0);
    }
    return Optional.of(answer(call, model.build().chat(request(call))));
  }

  @SuppressWarnings("NullAway") // The builder accepts null for unset values.
  private static Double temperature(Call call) {
    return call.temperature().orElse(null);
  }

  @Override
  public Optional<Answer> stream(Call call) throws Exception {
    if (call.extra() == Call.Extra.TWO_CHOICES) {
      return Optional.empty();
    }
    var model =
        OpenAiStreamingChatModel.builder()
            .baseUrl(call.base())
            .apiKey(call.key())
            .modelName(call.model())
            .maxTokens(call.maxTokens())
            .temperature(temperature(call))
            .returnThinking(true)
            .build();
    var handler = new Handler(call);
    model.chat(request(call), handler);
    try {
      Optional<ChatResponse> response = handler.response.get();
      return Optional.of(response.isPresent() ? answer(call, response.get()) : new Answer());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Passes on the text and waits for the end. */
  private static final class Handler implements StreamingChatResponseHandler {
    private final CompletableFuture<Optional<ChatResponse>> response = new CompletableFuture<>();
    private final Call call;

    Handler(Call call) {
      this.call = call;
    }

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
      call.onText().accept(partial.text());
      if (call.leave()) {
        context.streamingHandle().cancel();
        response.complete(Optional.empty());
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
      response.complete(Optional.of(complete));
    }

    @Override
    public void onError(Throwable error) {
      response.completeExceptionally(error);
    }
  }

  private static ChatRequest request(Call call) {
    var request = ChatRequest.builder().messages(UserMessage.from("Hello"));
    if (call.extra() == Call.Extra.TOOL) {
      request.toolSpecifications(
          ToolSpecification.builder()
              .name("get_weather")
              .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
              .build());
    }
    if (call.extra() == Call.Extra.FORMAT) {
      request.responseFormat(
          ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(place()).build());
    }
    return request.build();
  }

  private static JsonSchema place() {
    return JsonSchema.builder()
        .name("place")
        .rootElement(
            JsonObjectSchema.builder()
                .addStringProperty("city")
                .addIntegerProperty("degrees")
                .required("city", "degrees")
                .build())
        .build();
  }

  private static Answer answer(Call call, ChatResponse response) throws Exception {
    var message = response.aiMessage();
    var answer = new Answer();
    Optional.ofNullable(message.text()).ifPresent(text -> answer.with(Answer.TEXT, text));
    Optional.ofNullable(message.thinking())
        .ifPresent(thought -> answer.with(Answer.REASONING, thought));
    Optional.ofNullable(response.finishReason())
        .ifPresent(reason -> answer.with(Answer.FINISH, finish(reason.name())));
    Optional.ofNullable(response.tokenUsage())
        .ifPresent(usage ->
            answer.withUsage(
                usage.inputTokenCount(), usage.outputTokenCount(), usage.totalTokenCount()));
    for (var tool : message.toolExecutionRequests()) {
      answer.with(
          Answer.TOOL_CALL,
          List.of(tool.id(), tool.name(), JSON.readValue(tool.arguments(), Map.class)));
    }
    if (call.extra() == Call.Extra.FORMAT) {
      answer.with(Answer.OBJECT, JSON.readValue(message.text(), Map.class));
    }
    return answer;
  }

  /** The library has another name for {@code tool_calls}. */
  private static String finish(String reason) {
    return reason.equals("TOOL_EXECUTION") ? "tool_calls" : reason.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean alwaysAsksForUsage() {
    return true;
  }

  /** The exception has no fields for an error; its message is the answer's body. */
  @Override
  public Shown shown(Throwable error) {
    JsonNode body = body(String.valueOf(error.getMessage()));
    return new Shown(
        error.getClass().getSimpleName(),
        error.getCause() instanceof HttpException http ? http.statusCode() : 0,
        member(body, "code"),
        member(body, "param"),
        Optional.empty(),
        Optional.empty(),
        String.valueOf(error.getMessage()));
  }

  private static JsonNode body(String message) {
    try {
      return JSON.readTree(message).path("error");
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  private static Optional<String> member(JsonNode error, String name) {
    return Optional.of(error.path(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  @Override
  public String errorName(int status) {
    return switch (status) {
      case 400 -> "InvalidRequestException";
      case 401, 403 -> "AuthenticationException";
      case 404 -> "ModelNotFoundException";
      case 429 -> "RateLimitException";
      default -> "InternalServerException";
    };
  }

  @Override
  public String hidden(boolean param, boolean retryAfter) {
    return "; no request id" + (retryAfter ? ", retry-after" : "");
  }

  @Override
  public Map<String, String> known() {
    return Map.of(
        "retry-rate", "3 calls, gives up with RateLimitException",
        "retry-quota", "3 calls",
        "retry-500", "3 calls",
        "retry-inside", "1 call",
        // The library requests the usage, which this provider refuses.
        "refuses-usage", "throws InvalidRequestException");
  }
}
