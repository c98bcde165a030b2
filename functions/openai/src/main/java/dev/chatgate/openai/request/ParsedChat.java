package dev.chatgate.openai.request;

import dev.chatgate.openai.error.ApiError;

/** What became of a body. */
public sealed interface ParsedChat {
  /** A chat request that keeps every rule of {@link ChatRules}. */
  record Valid(ChatRequest request) implements ParsedChat {}

  /** Not one: a 400 that names the first field at fault, in the order of the body. */
  record Invalid(ApiError error) implements ParsedChat {}
}
