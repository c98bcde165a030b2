package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.openai.validation.BodyValidator;
import dev.chatgate.openai.validation.RuleNode;

/** Chat completions, by the rules in {@link ChatRules}. */
public final class ChatOperation implements Operation {
  private static final RuleNode RULES = RuleNode.of(ChatRules.RULES, ChatRules.RELATIONS);

  private final TokenCounters counters;

  /**
   * @param counters count the tokens of prompts; their tables are loaded once, so they are shared
   */
  public ChatOperation(TokenCounters counters) {
    this.counters = counters;
  }

  @Override
  public String name() {
    return "chat";
  }

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public String providerPath() {
    return "/chat/completions";
  }

  @Override
  public ParsedRequest parse(byte[] body) {
    var prompt = new PromptEstimate(body.length);
    var fields = new ChatFieldsBuilder(prompt);
    var error = BodyValidator.validate(body, RULES, fields);
    return error.isPresent()
        ? new ParsedRequest.Invalid(error.get())
        : new ParsedRequest.Valid(new ChatRequest(body, fields.build(), prompt, counters));
  }
}
