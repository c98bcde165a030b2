package dev.chatgate.openai.request;

import dev.chatgate.openai.tokens.TokenCounter;
import java.nio.charset.StandardCharsets;

final class PromptEstimate {
  private PromptEstimate() {}

  static long of(byte[] body, TokenCounter counter) {
    return counter.count(new String(body, StandardCharsets.UTF_8));
  }
}
