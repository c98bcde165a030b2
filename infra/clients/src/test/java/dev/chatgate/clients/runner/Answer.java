package dev.chatgate.clients.runner;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of an answer that a caller gets, by their names in cells. Parts that the library does
 * not show are absent.
 */
final class Answer {
  static final String TEXT = "text";
  static final String FINISH = "finish_reason";
  static final String USAGE = "usage";
  static final String TOOL_CALL = "the tool call";
  static final String REASONING = "reasoning";
  static final String CHOICES = "choices";
  static final String OBJECT = "the object";
  static final String LOGPROBS = "log probabilities";

  private final Map<String, Object> parts = new HashMap<>();

  Answer with(String part, Object value) {
    parts.put(part, value);
    return this;
  }

  Answer withUsage(long prompt, long completion, long total) {
    return with(USAGE, List.of(prompt, completion, total));
  }

  Map<String, Object> parts() {
    return parts;
  }
}
