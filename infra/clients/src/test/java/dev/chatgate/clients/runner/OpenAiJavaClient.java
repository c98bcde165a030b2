package dev.chatgate.clients.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import com.openai.services.blocking.chat.ChatCompletionService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenAI's own library for Java. */
final class OpenAiJavaClient implements Client {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Optional<Answer> plain(Call call) throws Exception {
    return Optional.of(answer(call, completions(call).create(params(call))));
  }

  @Override
  public Optional<Answer> stream(Call call) throws Exception {
    var chunks = new ArrayList<ChatCompletionChunk>();
    try (var stream = completions(call).createStreaming(params(call))) {
      var all = stream.stream().iterator();
      while (all.hasNext()) {
        var chunk = all.next();
        chunks.add(chunk);
        Optional<String> text = text(chunk);
        text.ifPresent(call.onText());
        if (call.leave() && text.isPresent()) {
          return Optional.of(new Answer());
        }
      }
    }
    return Optional.of(gathered(chunks));
  }

  private static Optional<String> text(ChatCompletionChunk chunk) {
    return chunk.choices().stream().findFirst().flatMap(choice -> choice.delta().content());
  }

  /** Assembles the chunks as an application does. */
  private static Answer gathered(List<ChatCompletionChunk> chunks) throws Exception {
    var choices = new ArrayList<>(List.of("", ""));
    var reasoning = new StringBuilder();
    var arguments = new StringBuilder();
    var tool = new ArrayList<Object>();
    var answer = new Answer();
    for (var chunk : chunks) {
      chunk.usage().ifPresent(usage -> usage(answer, usage));
      for (var choice : chunk.choices()) {
        int index = (int) choice.index();
        choices.set(index, choices.get(index) + choice.delta().content().orElse(""));
        choice.finishReason().ifPresent(reason -> answer.with(Answer.FINISH, reason.asString()));
        Optional.ofNullable(choice.delta()._additionalProperties().get("reasoning_content"))
            .map(value -> value.convert(String.class))
            .ifPresent(reasoning::append);
        for (var part : choice.delta().toolCalls().orElse(List.of())) {
          part.id().ifPresent(tool::add);
          var function = part.function().orElseThrow();
          function.name().ifPresent(tool::add);
          function.arguments().ifPresent(arguments::append);
        }
      }
    }
    if (!tool.isEmpty()) {
      tool.add(JSON.readValue(arguments.toString(), Map.class));
    }
    return answer
        .with(Answer.TEXT, choices.getFirst())
        .with(Answer.CHOICES, choices)
        .with(Answer.REASONING, reasoning.toString())
        .with(Answer.TOOL_CALL, tool);
  }

  @Override
  public Optional<Answer> helper(Call call) throws Exception {
    var accumulator = ChatCompletionAccumulator.create();
    try (var stream = completions(call).createStreaming(params(call))) {
      stream.stream().forEach(accumulator::accumulate);
    }
    return Optional.of(answer(call, accumulator.chatCompletion()));
  }

  private static Answer answer(Call call, ChatCompletion completion) throws Exception {
    var choice = completion.choices().getFirst();
    var message = choice.message();
    var answer =
        new Answer()
            .with(Answer.FINISH, choice.finishReason().asString())
            .with(
                Answer.CHOICES,
                completion.choices().stream()
                    .map(one -> one.message().content().orElse(""))
                    .toList());
    completion.usage().ifPresent(usage -> usage(answer, usage));
    message.content().ifPresent(text -> answer.with(Answer.TEXT, text));
    if (call.extra() == Call.Extra.FORMAT) {
      answer.with(Answer.OBJECT, JSON.readValue(message.content().orElseThrow(), Map.class));
    }
    Optional.ofNullable(message._additionalProperties().get("reasoning_content"))
        .map(value -> value.convert(String.class))
        .ifPresent(thought -> answer.with(Answer.REASONING, thought));
    for (var tool : message.toolCalls().orElse(List.of())) {
      answer.with(Answer.TOOL_CALL, tool(tool.asFunction()));
    }
    choice
        .logprobs()
        .flatMap(probabilities -> probabilities.content())
        .ifPresent(all ->
            answer.with(
                Answer.LOGPROBS, List.of(all.getFirst().token(), all.getFirst().logprob())));
    return answer;
  }

  private static List<Object> tool(ChatCompletionMessageFunctionToolCall tool) throws Exception {
    var function = tool.function();
    return List.of(tool.id(), function.name(), JSON.readValue(function.arguments(), Map.class));
  }

  private static void usage(Answer answer, CompletionUsage usage) {
    answer.withUsage(usage.promptTokens(), usage.completionTokens(), usage.totalTokens());
  }

  private static ChatCompletionService completions(Call call) {
    var client = OpenAIOkHttpClient.builder().baseUrl(call.base()).apiKey(call.key());
    if (!call.ownRetries()) {
      client.maxRetries(0);
    }
    return client.build().chat().completions();
  }

  private static ChatCompletionCreateParams params(Call call) {
    var params =
        ChatCompletionCreateParams.builder()
            .model(call.model())
            .addUserMessage("Hello")
            .maxCompletionTokens(call.maxTokens());
    call.temperature().ifPresent(params::temperature);
    if (call.usage()) {
      params.streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
    }
    switch (call.extra()) {
      case NOTHING -> {}
      case TOOL -> params.addTool(weather());
      case FORMAT -> params.responseFormat(place());
      case TWO_CHOICES -> params.n(2);
      case LOGPROBS -> params.logprobs(true);
    }
    return params.build();
  }

  private static ChatCompletionFunctionTool weather() {
    var parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
            .build();
    return ChatCompletionFunctionTool.builder()
        .function(FunctionDefinition.builder().name("get_weather").parameters(parameters).build())
        .build();
  }

  private static ResponseFormatJsonSchema place() {
    var properties = Map.of("city", Map.of("type", "string"), "degrees", Map.of("type", "integer"));
    var schema =
        ResponseFormatJsonSchema.JsonSchema.Schema.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty("properties", JsonValue.from(properties))
            .build();
    return ResponseFormatJsonSchema.builder()
        .jsonSchema(
            ResponseFormatJsonSchema.JsonSchema.builder().name("place").schema(schema).build())
        .build();
  }

  @Override
  public Shown shown(Throwable error) {
    if (!(error instanceof OpenAIServiceException service)) {
      return Shown.bare(error);
    }
    return new Shown(
        error.getClass().getSimpleName(),
        service.statusCode(),
        service.code(),
        service.param(),
        service.headers().values("x-request-id").stream().findFirst(),
        service.headers().values("retry-after").stream().findFirst(),
        String.valueOf(error.getMessage()));
  }

  @Override
  public String errorName(int status) {
    return switch (status) {
      case 400 -> "BadRequestException";
      case 401 -> "UnauthorizedException";
      case 403 -> "PermissionDeniedException";
      case 404 -> "NotFoundException";
      case 429 -> "RateLimitException";
      default -> "InternalServerException";
    };
  }

  @Override
  public String hidden(boolean param, boolean retryAfter) {
    return "";
  }

  @Override
  public Map<String, String> known() {
    return Map.ofEntries(
        Map.entry("reasoning", "ok; *helper* loses reasoning"),
        Map.entry("retry-rate", "2 calls, waits as told"),
        Map.entry("retry-quota", "1 call"),
        Map.entry("retry-500", "1 call"),
        Map.entry("retry-inside", "1 call"),
        Map.entry("usage-in-last", "ok; *helper* throws IllegalStateException"),
        Map.entry("after-usage", "ok; *helper* throws IllegalStateException"),
        Map.entry("error-null", "throws SseException"),
        Map.entry("no-choices", "throws OpenAIInvalidDataException"),
        Map.entry("empty-data", "throws NullPointerException"));
  }
}
