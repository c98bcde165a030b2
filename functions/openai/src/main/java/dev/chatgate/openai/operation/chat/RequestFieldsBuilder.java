package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Span;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a body has told so far of the fields that the gateway needs. */
public final class RequestFieldsBuilder {
  private static final Span NOWHERE = new Span(0, 0);

  public int open;
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

  public void text(String path, String value, Span at) {
    if (path.equals("model")) {
      model = value;
      modelAt = at;
    }
  }

  public void number(String path, long value) {
    switch (path) {
      case "n" -> choices = (int) value;
      case "best_of" -> bestOf = (int) value;
      case "max_tokens" -> maxTokens = OptionalLong.of(value);
      case "max_completion_tokens" -> maxCompletionTokens = OptionalLong.of(value);
      default -> {}
    }
  }

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

  public void nothing(String path, Span at) {
    switch (path) {
      case "max_tokens" -> maxTokensNull = at;
      case "stream_options" -> optionsNull = at;
      case "stream_options.include_usage" -> includeUsageAt = at;
      default -> {}
    }
  }

  public void streamOptions(Span at, boolean empty) {
    optionsAt = at;
    optionsEmpty = empty;
  }

  public ChatRequest.Fields fields() {
    return new ChatRequest.Fields(
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
