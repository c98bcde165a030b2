package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.estimate.MediaRates;
import dev.chatgate.openai.estimate.PromptEstimate;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.tokens.TokenCounters;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A chat request that was found valid: the tenant's own bytes, what the gateway must know of them,
 * and where in them it may have to set a field. Its text appears in no {@link #toString}.
 */
public final class ChatRequest {
  private final byte[] body;
  private final Fields fields;
  private final TokenCounters counters;

  /** Until it is counted: a call may last for minutes, and its text need not. */
  private @Nullable PromptEstimate prompt;

  private long promptTokens;

  ChatRequest(byte[] body, Fields fields, PromptEstimate prompt, TokenCounters counters) {
    this.body = body;
    this.fields = fields;
    this.prompt = prompt;
    this.counters = counters;
  }

  /** The model's name as the tenant sent it. */
  public String model() {
    return fields.model();
  }

  /** Whether the answer is to be streamed. */
  public boolean stream() {
    return fields.stream();
  }

  /** Whether the tenant asked for usage on the stream. */
  public boolean usageRequested() {
    return fields.includeUsage();
  }

  /** How many choices the answer will have, {@code n}: 1 to 128. */
  public int choices() {
    return fields.choices();
  }

  /** How many choices the provider may make for it, the larger of {@code n} and {@code best_of}. */
  public int samples() {
    return Math.max(fields.choices(), fields.bestOf());
  }

  /** {@code max_tokens}, unless left out or null: 1 to 2,147,483,647. */
  public OptionalLong maxTokens() {
    return fields.maxTokens();
  }

  /** {@code max_completion_tokens}, unless left out or null: 1 to 2,147,483,647. */
  public OptionalLong maxCompletionTokens() {
    return fields.maxCompletionTokens();
  }

  /**
   * How many tokens the prompt will be at most, erring high: {@link PromptEstimate} has the rules.
   * Counted when it is asked for first, for the model that is named then, in time that is bounded
   * by the body's size.
   *
   * @param upstreamModel the provider's name for the model
   */
  public long promptTokens(String upstreamModel) {
    var uncounted = prompt;
    if (uncounted != null) {
      promptTokens =
          uncounted.tokens(counters.forModel(upstreamModel), MediaRates.forModel(upstreamModel));
      prompt = null;
    }
    return promptTokens;
  }

  /**
   * The body for the provider: the tenant's bytes, with the named fields spliced in. Without an
   * edit that changes something it is the very array that was parsed.
   */
  public byte[] upstreamBody(UpstreamEdits edits) {
    return Splice.apply(body, fields, edits);
  }

  @Override
  public String toString() {
    return "ChatRequest[" + body.length + " bytes]";
  }

  /**
   * What the gateway knows of a body.
   *
   * @param open just after the body's opening brace
   * @param modelAt where the model's name stands, quotes included
   * @param maxTokensNull where the null stands that is the value of {@code max_tokens}
   * @param optionsNull where the null stands that is the value of {@code stream_options}
   * @param optionsAt where the object {@code stream_options} stands, braces included
   * @param optionsEmpty whether that object has no member
   * @param includeUsageAt where the value of {@code stream_options.include_usage} stands
   */
  public record Fields(
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
      @Nullable Span includeUsageAt) {}
}
