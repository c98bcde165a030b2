package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Span;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of a body.
 *
 * @param includeUsage the value of {@code stream_options.include_usage}
 * @param choices {@code n}: 1 to 128
 * @param open index of the byte after the body's opening brace
 * @param modelAt the model's name, quotes included
 * @param maxTokensNull the null that is the value of {@code max_tokens}
 * @param optionsNull the null that is the value of {@code stream_options}
 * @param optionsAt the object {@code stream_options}, braces included
 * @param optionsEmpty whether that object has no member
 * @param includeUsageAt the value of {@code stream_options.include_usage}
 */
record ChatFields(
    String model,
    boolean stream,
    boolean includeUsage,
    int choices,
    int bestOf,
    OptionalLong maxTokens,
    OptionalLong maxCompletionTokens,
    int open,
    Span modelAt,
    @Nullable Span maxTokensNull,
    @Nullable Span optionsNull,
    @Nullable Span optionsAt,
    boolean optionsEmpty,
    @Nullable Span includeUsageAt) {

  /** How many choices the provider may make, the larger of {@code n} and {@code best_of}. */
  int samples() {
    return Math.max(choices, bestOf);
  }
}
