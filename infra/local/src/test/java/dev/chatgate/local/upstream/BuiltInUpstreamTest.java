package dev.chatgate.local.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.models.Model;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The built-in upstream, asked by the official client. */
class BuiltInUpstreamTest {
  private final BuiltInUpstream upstream =
      BuiltInUpstream.start("key", Pacing.NONE, Clock.systemUTC());
  private final OpenAIClient client = client("key");

  @AfterEach
  void stop() {
    client.close();
    upstream.close();
  }

  @Test
  void answersAndCounts() {
    ChatCompletion answer = client.chat().completions().create(hello().build());
    String text = answer.choices().getFirst().message().content().orElseThrow();
    assertTrue(text.contains("\"hello\""), text);
    assertEquals(ChatCompletion.Choice.FinishReason.STOP, finish(answer));
    var usage = answer.usage().orElseThrow();
    assertEquals(usage.promptTokens() + usage.completionTokens(), usage.totalTokens());
    assertTrue(usage.completionTokens() > 5);
  }

  @Test
  void streamsTheSame() {
    ChatCompletion plain = client.chat().completions().create(hello().n(2).build());
    var params =
        hello()
            .n(2)
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    ChatCompletion streamed = streamed(params);
    assertEquals(2, streamed.choices().size());
    for (int i = 0; i < 2; i++) {
      assertEquals(
          plain.choices().get(i).message().content(),
          streamed.choices().get(i).message().content());
    }
    assertEquals(plain.usage(), streamed.usage());
  }

  @Test
  void stopsAtMaxTokens() {
    ChatCompletion answer =
        client.chat().completions().create(hello().maxCompletionTokens(3).build());
    assertEquals(ChatCompletion.Choice.FinishReason.LENGTH, finish(answer));
    assertEquals(3, answer.usage().orElseThrow().completionTokens());
  }

  @Test
  void callsAToolThatItMustCall() throws Exception {
    var params =
        hello()
            .addTool(weather())
            .toolChoice(
                ChatCompletionToolChoiceOption.ofAuto(ChatCompletionToolChoiceOption.Auto.REQUIRED))
            .build();
    for (ChatCompletion answer :
        List.of(client.chat().completions().create(params), streamed(params))) {
      assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, finish(answer));
      var function =
          answer
              .choices()
              .getFirst()
              .message()
              .toolCalls()
              .orElseThrow()
              .getFirst()
              .asFunction()
              .function();
      assertEquals("weather", function.name());
      assertEquals("{\"city\":\"sample\"}", function.arguments());
    }
  }

  @Test
  void writesJsonWhenAsked() throws Exception {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(hello().responseFormat(ResponseFormatJsonObject.builder().build()).build());
    String text = answer.choices().getFirst().message().content().orElseThrow();
    assertTrue(JsonMapper.builder().build().readTree(text).isObject());
  }

  @Test
  void listsItsModels() {
    assertEquals(
        BuiltInUpstream.MODELS, client.models().list().items().stream().map(Model::id).toList());
  }

  private static ChatCompletionCreateParams.Builder of(BuiltInModel model) {
    return hello().model(model.id());
  }

  @Test
  void aBusyModelSaysWhenToTryAgain() {
    var error =
        assertThrows(
            RateLimitException.class,
            () -> client.chat().completions().create(of(BuiltInModel.BUSY).build()));
    assertEquals(List.of("2"), error.headers().values("retry-after"));
  }

  @Test
  void aFailingModelFails() {
    assertThrows(
        InternalServerException.class,
        () -> client.chat().completions().create(of(BuiltInModel.FAILING).build()));
  }

  @Test
  void aCutAnswerBreaksInTheMiddle() {
    var params = of(BuiltInModel.CUT).build();
    assertThrows(OpenAIException.class, () -> client.chat().completions().create(params));
    var received = new ArrayList<ChatCompletionChunk>();
    try (var chunks = client.chat().completions().createStreaming(params)) {
      assertThrows(OpenAIException.class, () -> chunks.stream().forEach(received::add));
    }
    assertTrue(received.size() > 5, received.toString());
    assertTrue(
        received.stream().allMatch(chunk -> chunk.choices().getFirst().finishReason().isEmpty()));
  }

  @Test
  void aModelForToolsCallsOneInAnyCase() {
    for (var params :
        List.of(
            of(BuiltInModel.TOOLS).build(), of(BuiltInModel.TOOLS).addTool(weather()).build())) {
      for (ChatCompletion answer :
          List.of(client.chat().completions().create(params), streamed(params))) {
        assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, finish(answer));
        var call = answer.choices().getFirst().message().toolCalls().orElseThrow().getFirst();
        assertEquals(
            params.tools().isPresent() ? "weather" : "current_time",
            call.asFunction().function().name());
      }
    }
  }

  @Test
  void aModelMayReasonBeforeItAnswers() {
    ChatCompletion plain = client.chat().completions().create(of(BuiltInModel.REASONING).build());
    var message = plain.choices().getFirst().message();
    assertTrue(message._additionalProperties().containsKey("reasoning_content"));
    assertTrue(message.content().orElseThrow().contains("hello"));
    long reasoning =
        plain
            .usage()
            .flatMap(usage -> usage.completionTokensDetails())
            .flatMap(details -> details.reasoningTokens())
            .orElse(0L);
    assertEquals(11, reasoning);
    assertTrue(plain.usage().orElseThrow().completionTokens() > reasoning);
    ChatCompletion short_ =
        client
            .chat()
            .completions()
            .create(of(BuiltInModel.REASONING).maxCompletionTokens(5).build());
    assertEquals(ChatCompletion.Choice.FinishReason.LENGTH, finish(short_));
    assertEquals(5, short_.usage().orElseThrow().completionTokens());
  }

  @Test
  void aLongAnswerIsLong() {
    long tokens =
        client
            .chat()
            .completions()
            .create(of(BuiltInModel.LONG).build())
            .usage()
            .orElseThrow()
            .completionTokens();
    assertTrue(tokens > 1_500 && tokens < 2_500, Long.toString(tokens));
  }

  @Test
  void aSlowModelIsSlow() {
    long start = System.nanoTime();
    client.chat().completions().create(of(BuiltInModel.SLOW).maxCompletionTokens(2).build());
    assertTrue(System.nanoTime() - start >= 3_400_000_000L);
  }

  @Test
  void refusesAnotherKey() {
    OpenAIClient other = client("other");
    assertThrows(
        UnauthorizedException.class, () -> other.chat().completions().create(hello().build()));
    other.close();
  }

  @Test
  void takesItsTime() {
    var pacing = new Pacing(Duration.ofMillis(60), Duration.ofMillis(10));
    try (var slow = BuiltInUpstream.start("key", pacing, Clock.systemUTC())) {
      OpenAIClient slowly = client(slow, "key");
      long start = System.nanoTime();
      slowly.chat().completions().create(hello().maxCompletionTokens(4).build());
      assertTrue(System.nanoTime() - start >= 100_000_000);
      slowly.close();
    }
  }

  private ChatCompletion streamed(ChatCompletionCreateParams params) {
    var whole = ChatCompletionAccumulator.create();
    try (var chunks = client.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  private OpenAIClient client(String key) {
    return client(upstream, key);
  }

  private static OpenAIClient client(BuiltInUpstream at, String key) {
    return OpenAIOkHttpClient.builder().baseUrl(at.baseUrl()).apiKey(key).maxRetries(0).build();
  }

  private static ChatCompletionCreateParams.Builder hello() {
    return ChatCompletionCreateParams.builder().model("local/chat").addUserMessage("hello");
  }

  private static ChatCompletion.Choice.FinishReason finish(ChatCompletion answer) {
    return answer.choices().getFirst().finishReason();
  }

  private static ChatCompletionFunctionTool weather() {
    var parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
            .build();
    return ChatCompletionFunctionTool.builder()
        .function(FunctionDefinition.builder().name("weather").parameters(parameters).build())
        .build();
  }
}
