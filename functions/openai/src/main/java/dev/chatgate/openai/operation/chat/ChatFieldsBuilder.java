package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.validation.FieldReceiver;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Collects the fields that the gateway needs while a body is validated. */
final class ChatFieldsBuilder implements FieldReceiver {
  private static final Span NOWHERE = new Span(0, 0);

  private final PromptEstimate prompt;
  private int open;
  private String model = "";
  private Span modelAt = NOWHERE;
  private boolean stream;
  private boolean includeUsage;
  private int choices = 1;
  private int bestOf = 1;
  private OptionalLong maxTokens = OptionalLong.empty();
  private OptionalLong maxCompletionTokens = OptionalLong.empty();
  private @Nullable Span maxTokensNull;
  private @Nullable Span optionsNull;
  private @Nullable Span optionsAt;
  private boolean optionsEmpty;
  private @Nullable Span includeUsageAt;

  /**
   * @param prompt receives every token of the body
   */
  ChatFieldsBuilder(PromptEstimate prompt) {
    this.prompt = prompt;
  }

  @Override
  public void token(JsonToken token, JsonParser json) throws IOException {
    prompt.token(token, json);
  }

  @Override
  public void opened(int end) {
    open = end;
  }

  @Override
  public void text(String path, String value, Span at) {
    if (path.equals("model")) {
      model = value;
      modelAt = at;
    }
  }

  @Override
  public void number(String path, long value) {
    switch (path) {
      case "n" -> choices = (int) value;
      case "best_of" -> bestOf = (int) value;
      case "max_tokens" -> maxTokens = OptionalLong.of(value);
      case "max_completion_tokens" -> maxCompletionTokens = OptionalLong.of(value);
      default -> {}
    }
  }

  @Override
  public void flag(String path, boolean value, Span at) {
    switch (path) {
      case "stream" -> stream = value;
      case "stream_options.include_usage" -> {
        includeUsage = value;
        includeUsageAt = at;
      }
      default -> {}
    }
  }

  @Override
  public void nothing(String path, Span at) {
    switch (path) {
      case "max_tokens" -> maxTokensNull = at;
      case "stream_options" -> optionsNull = at;
      case "stream_options.include_usage" -> includeUsageAt = at;
      default -> {}
    }
  }

  @Override
  public void object(String path, Span at, boolean empty) {
    if (path.equals("stream_options")) {
      optionsAt = at;
      optionsEmpty = empty;
    }
  }

  ChatFields build() {
    return new ChatFields(
        model,
        stream,
        includeUsage,
        choices,
        bestOf,
        maxTokens,
        maxCompletionTokens,
        open,
        modelAt,
        maxTokensNull,
        optionsNull,
        optionsAt,
        optionsEmpty,
        includeUsageAt);
  }
}
