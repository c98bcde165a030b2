package dev.chatgate.provider;

import dev.chatgate.RequestId;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.tenant.Upstream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One admitted call, ready to go upstream.
 *
 * @param requestId its id, which the provider gets too
 * @param path the operation's path, relative to the provider's base URL
 * @param request what the tenant sent
 * @param upstream where it goes
 * @param completionLimit the limit on completion tokens to set, where the tenant set none
 * @param deadline when the call must have ended
 * @param estimatedPromptTokens the prompt's size by our own count, charged if the provider does not
 *     tell
 * @param traceparent the W3C trace context to hand on
 * @param tracestate what other tracing systems added to it
 */
public record ProviderCall(
    RequestId requestId,
    String path,
    MeteredRequest request,
    Upstream upstream,
    OptionalLong completionLimit,
    Instant deadline,
    long estimatedPromptTokens,
    Optional<String> traceparent,
    Optional<String> tracestate) {

  /** Whether the provider knows the model by another name than the tenant sent. */
  public boolean isRenamed() {
    return !upstream.model().equals(request.model());
  }

  /**
   * The body to send.
   *
   * @param askForUsage whether to ask for usage on the stream
   */
  public byte[] body(boolean askForUsage) {
    return request.upstreamBody(
        new UpstreamEdits(Optional.of(upstream.model()), completionLimit, askForUsage));
  }
}
