package dev.chatgate.openai.operation;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The fields that the gateway sets in a body on its way to the provider.
 *
 * @param model the provider's name to put in the place of the model's, where it is another
 * @param completionLimit the limit on completion tokens to set where the tenant set none
 * @param askForUsage whether to ask the provider to report usage on the stream
 */
public record UpstreamEdits(
    Optional<String> model, OptionalLong completionLimit, boolean askForUsage) {
  /** Nothing to set: the body goes as it came. */
  public static final UpstreamEdits NONE =
      new UpstreamEdits(Optional.empty(), OptionalLong.empty(), false);
}
