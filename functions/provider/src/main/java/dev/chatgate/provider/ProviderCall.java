package dev.chatgate.provider;

import dev.chatgate.RequestId;
import dev.chatgate.openai.operation.chat.ChatRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One admitted call, ready to go upstream.
 *
 * @param requestId its id, which the provider is told too
 * @param request what the tenant sent
 * @param upstreamModel the provider's name of the model, if the tenant used an alias: it goes up,
 *     and the alias comes back
 * @param insertMaxTokens the {@code max_tokens} to send, where the tenant left it out
 * @param deadline when the call must have ended
 * @param estimatedPromptTokens the prompt's size by our own count, charged if the provider does not
 *     tell
 * @param traceparent the W3C trace context to hand on
 * @param tracestate what other tracing systems added to it
 */
public record ProviderCall(
    RequestId requestId,
    ChatRequest request,
    Optional<String> upstreamModel,
    OptionalLong insertMaxTokens,
    Instant deadline,
    long estimatedPromptTokens,
    Optional<String> traceparent,
    Optional<String> tracestate) {

  /** The model's name as the provider knows it. */
  public String modelUpstream() {
    return upstreamModel.orElseGet(request::model);
  }
}
