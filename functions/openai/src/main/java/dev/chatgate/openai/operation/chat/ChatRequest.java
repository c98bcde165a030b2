package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.estimate.MediaRates;
import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.openai.operation.Reserve;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import org.jspecify.annotations.Nullable;

/**
 * A valid chat request: the tenant's own bytes, what the gateway must know of them, and where in
 * them it may have to set a field.
 */
final class ChatRequest implements MeteredRequest {
  private final byte[] body;
  private final ChatFields fields;
  private final TokenCounters counters;

  /** Null once it is counted: a call may last for minutes, and its text is not kept for so long. */
  private @Nullable PromptEstimate prompt;

  private long promptTokens;

  ChatRequest(byte[] body, ChatFields fields, PromptEstimate prompt, TokenCounters counters) {
    this.body = body;
    this.fields = fields;
    this.prompt = prompt;
    this.counters = counters;
  }

  /** What the gateway knows of the body. */
  ChatFields fields() {
    return fields;
  }

  @Override
  public String model() {
    return fields.model();
  }

  @Override
  public boolean stream() {
    return fields.stream();
  }

  /** By the rules of {@link PromptEstimate}. */
  @Override
  public long promptTokens(String upstreamModel) {
    var uncounted = prompt;
    if (uncounted != null) {
      promptTokens =
          uncounted.tokens(counters.forModel(upstreamModel), MediaRates.forModel(upstreamModel));
      prompt = null;
    }
    return promptTokens;
  }

  @Override
  public Reserve reserve(long ceiling, long ifNotSet) {
    return ChatReserve.of(fields, ceiling, ifNotSet);
  }

  @Override
  public String advice(long largestReserve) {
    return ChatReserve.advice(largestReserve / fields.samples(), fields.samples());
  }

  @Override
  public UsageRequest usageRequest() {
    if (fields.includeUsage()) {
      return UsageRequest.BY_TENANT;
    }
    return fields.stream() ? UsageRequest.BY_GATEWAY : UsageRequest.NOT_NEEDED;
  }

  @Override
  public boolean refusesUsage(byte[] refusal) {
    return UsageRefusal.isIn(refusal, body);
  }

  @Override
  public byte[] upstreamBody(UpstreamEdits edits) {
    return Edit.splice(body, ChatEdits.of(fields, edits));
  }

  @Override
  public AnswerReader answerReader(boolean renamed, OutputListener output) {
    return new ChatAnswerReader(fields, renamed, output);
  }

  @Override
  public String toString() {
    return "ChatRequest[" + body.length + " bytes]";
  }
}
