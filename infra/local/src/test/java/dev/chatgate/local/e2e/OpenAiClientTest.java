package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import dev.chatgate.local.upstream.BuiltInUpstream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official OpenAI client for Java, unmodified, at both doors. */
class OpenAiClientTest {
  private static final String MODEL = "local/chat";

  private static PackagedStack stack;

  enum Door {
    API,
    STREAM;

    String url() {
      return this == API ? stack.stack().apiUrl() : stack.stack().streamUrl();
    }
  }

  @BeforeAll
  static void start() {
    stack = PackagedStack.start(Map.of("CHATGATE_INSTANCES", "2"));
    stack.tenant(
        "{\"id\":\"narrow\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_narrow\"}],"
            + "\"models\":[\"other\"]}");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @EnumSource
  void aPlainAnswerHasTextAndUsage(Door door) {
    ChatCompletion answer = client(door, "cg_demo").chat().completions().create(question().build());
    assertTrue(text(answer).contains("How are you?"), text(answer));
    assertEquals("stop", answer.choices().getFirst().finishReason().asString());
    var usage = answer.usage().orElseThrow();
    assertTrue(usage.promptTokens() > 0 && usage.completionTokens() > 0, usage.toString());
  }

  @ParameterizedTest
  @EnumSource
  void aStreamHasNoUsageUnlessAskedFor(Door door) {
    List<ChatCompletionChunk> chunks = streamed(door, question().build());
    assertTrue(chunks.size() > 10, chunks.toString());
    assertTrue(chunks.stream().noneMatch(chunk -> chunk.usage().isPresent()), chunks.toString());
    assertEquals(
        Optional.of("stop"),
        chunks.getLast().choices().getFirst().finishReason().map(reason -> reason.asString()));
  }

  @ParameterizedTest
  @EnumSource
  void theAccumulatorPutsAStreamTogether(Door door) {
    var plain = client(door, "cg_demo").chat().completions().create(question().build());
    var withUsage = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    var accumulator = ChatCompletionAccumulator.create();
    streamed(door, question().streamOptions(withUsage).build()).forEach(accumulator::accumulate);
    ChatCompletion whole = accumulator.chatCompletion();
    assertEquals(text(plain), text(whole));
    assertEquals(plain.usage(), whole.usage());
  }

  @ParameterizedTest
  @EnumSource
  void modelsAreListedAndRetrieved(Door door) {
    var models = client(door, "cg_demo").models();
    List<String> ids = models.list().autoPager().stream().map(Model::id).toList();
    assertEquals(BuiltInUpstream.MODELS, ids);
    assertEquals(MODEL, models.retrieve(MODEL).id());
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownModelIsNotFound(Door door) {
    var models = client(door, "cg_demo").models();
    var error = assertThrows(NotFoundException.class, () -> models.retrieve("no/such"));
    assertError(error, "model_not_found", "invalid_request_error");
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownUrlIsNotFound(Door door) {
    var embeddings = client(door, "cg_demo").files();
    var error = assertThrows(NotFoundException.class, () -> embeddings.retrieve("file"));
    assertError(error, "unknown_url", "invalid_request_error");
  }

  @ParameterizedTest
  @EnumSource
  void aWrongKeyIsUnauthorized(Door door) {
    var completions = client(door, "cg_wrong").chat().completions();
    var error =
        assertThrows(UnauthorizedException.class, () -> completions.create(question().build()));
    assertError(error, "invalid_api_key", "invalid_request_error");
  }

  @ParameterizedTest
  @EnumSource
  void aBadRequestNamesItsField(Door door) {
    var completions = client(door, "cg_demo").chat().completions();
    var tooHot = question().putAdditionalBodyProperty("top_p", JsonValue.from(1.5)).build();
    var error = assertThrows(BadRequestException.class, () -> completions.create(tooHot));
    assertError(error, "invalid_value", "invalid_request_error");
    assertEquals(Optional.of("top_p"), error.param());
  }

  @ParameterizedTest
  @EnumSource
  void aBadRequestForAStreamIsTheSameError(Door door) {
    var tooHot = question().putAdditionalBodyProperty("top_p", JsonValue.from(1.5)).build();
    var error = assertThrows(BadRequestException.class, () -> streamed(door, tooHot));
    assertEquals(Optional.of("top_p"), error.param());
  }

  @ParameterizedTest
  @EnumSource
  void aModelThatIsNotAllowedIsAPermissionDenied(Door door) {
    var completions = client(door, "cg_narrow").chat().completions();
    var error =
        assertThrows(PermissionDeniedException.class, () -> completions.create(question().build()));
    assertError(error, "model_not_allowed", "invalid_request_error");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalThatNoWaitHelpsIsNotRetried(Door door) {
    String tenant = "shut-" + door;
    stack.tenant(
        "{\"id\":\"%1$s\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_%1$s\"}],\"quota\":{\"tokens_per_day\":0}}"
            .formatted(tenant));
    var completions = builder(door, "cg_" + tenant).build().chat().completions();
    var error =
        assertThrows(RateLimitException.class, () -> completions.create(question().build()));
    assertError(error, "rate_limit_exceeded", "rate_limit_error");
    assertEquals(List.of("false"), error.headers().values("x-should-retry"));
    // A second call would have left its line, and the first one's, before the answer to a third.
    long calls = stack.log().stream().filter(line -> line.contains(tenant)).count();
    assertTrue(calls <= 1, stack.log().toString());
  }

  @ParameterizedTest
  @EnumSource
  void theRequestIdNamesTheRecord(Door door) {
    String tenant = "one-" + door;
    stack.tenant(
        "{\"id\":\"%1$s\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_%1$s\"}]}".formatted(tenant));
    var completions = client(door, "cg_" + tenant).chat().completions().withRawResponse();
    try (var answer = completions.create(question().build())) {
      String requestId = answer.requestId().orElseThrow();
      var record = stack.onlyRecord(tenant);
      assertEquals(requestId, record.call().orElseThrow().requestId());
      assertTrue(requestId.endsWith(record.key().id()), requestId);
      var usage = answer.parse().usage().orElseThrow();
      assertEquals(usage.totalTokens(), record.charged().tokens());
    }
  }

  private static void assertError(OpenAIServiceException error, String code, String type) {
    assertEquals(Optional.of(code), error.code());
    assertEquals(Optional.of(type), error.type());
    assertEquals(1, error.headers().values("x-request-id").size());
    assertTrue(error.getMessage() != null && error.getMessage().length() > 20, error.getMessage());
  }

  private static List<ChatCompletionChunk> streamed(Door door, ChatCompletionCreateParams params) {
    try (var stream = client(door, "cg_demo").chat().completions().createStreaming(params)) {
      return stream.stream().toList();
    }
  }

  private static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElseThrow();
  }

  private static ChatCompletionCreateParams.Builder question() {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .maxCompletionTokens(100)
        .addUserMessage("How are you?");
  }

  private static OpenAIClient client(Door door, String key) {
    return builder(door, key).maxRetries(0).build();
  }

  private static OpenAIOkHttpClient.Builder builder(Door door, String key) {
    return OpenAIOkHttpClient.builder().baseUrl(door.url() + "/openai/v1").apiKey(key);
  }
}
