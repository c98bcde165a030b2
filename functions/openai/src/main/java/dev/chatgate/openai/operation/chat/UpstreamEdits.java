package dev.chatgate.openai.operation.chat;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The few fields that the gateway sets in a body on its way to the provider.
 *
 * @param model the upstream name to put in the place of {@code model}, where an alias is configured
 * @param maxTokens the {@code max_tokens} of a body that has none or null; a number that the tenant
 *     gave stands
 * @param includeUsage whether {@code stream_options.include_usage} must be true
 */
public record UpstreamEdits(Optional<String> model, OptionalLong maxTokens, boolean includeUsage) {
  /** Nothing to set: the body goes as it came. */
  public static final UpstreamEdits NONE =
      new UpstreamEdits(Optional.empty(), OptionalLong.empty(), false);
}
