package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.error.ApiError;

/** What became of a body. */
public sealed interface ParsedChat {
  /** A chat request that keeps every rule of {@link ChatRules}. */
  record Valid(ChatRequest request) implements ParsedChat {}

  /** Not one: a 400 that says so of what is no JSON, or names the first field at fault. */
  record Invalid(ApiError error) implements ParsedChat {}
}
