package dev.chatgate.clients.runner;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A chat call.
 *
 * @param base the base URL
 * @param key the tenant's key, or a client secret
 * @param model the model, which names the provider's case
 * @param maxTokens the value of {@code max_tokens}
 * @param ownRetries true for the library's default retries, false for none
 * @param usage whether to request the usage of a stream
 * @param temperature the temperature, if it is set
 * @param extra what is requested in addition to a text
 * @param onText receives each piece of a stream's text
 * @param leave whether to abort at the first piece
 */
record Call(
    String base,
    String key,
    String model,
    int maxTokens,
    boolean ownRetries,
    boolean usage,
    Optional<Double> temperature,
    Extra extra,
    Consumer<String> onText,
    boolean leave) {

  enum Extra {
    NOTHING,
    TOOL,
    FORMAT,
    TWO_CHOICES,
    LOGPROBS
  }

  static Call of(String model) {
    return new Call(
        Variables.STREAM_URL,
        Variables.KEY,
        "case/" + model,
        100,
        false,
        false,
        Optional.empty(),
        Extra.NOTHING,
        text -> {},
        false);
  }

  Call at(String other) {
    return new Call(
        other, key, model, maxTokens, ownRetries, usage, temperature, extra, onText, leave);
  }

  Call by(String other) {
    return new Call(
        base, other, model, maxTokens, ownRetries, usage, temperature, extra, onText, leave);
  }

  Call atMost(int tokens) {
    return new Call(base, key, model, tokens, ownRetries, usage, temperature, extra, onText, leave);
  }

  Call withOwnRetries() {
    return new Call(base, key, model, maxTokens, true, usage, temperature, extra, onText, leave);
  }

  Call withUsage() {
    return new Call(
        base, key, model, maxTokens, ownRetries, true, temperature, extra, onText, leave);
  }

  Call tooHot() {
    return new Call(
        base, key, model, maxTokens, ownRetries, usage, Optional.of(9.0), extra, onText, leave);
  }

  Call with(Extra other) {
    return new Call(
        base, key, model, maxTokens, ownRetries, usage, temperature, other, onText, leave);
  }

  Call telling(Consumer<String> listener) {
    return new Call(
        base, key, model, maxTokens, ownRetries, usage, temperature, extra, listener, leave);
  }

  Call leaving() {
    return new Call(
        base, key, model, maxTokens, ownRetries, usage, temperature, extra, onText, true);
  }
}
