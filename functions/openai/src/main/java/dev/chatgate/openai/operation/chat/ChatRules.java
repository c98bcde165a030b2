package dev.chatgate.openai.operation.chat;

import static dev.chatgate.openai.validation.JsonType.ARRAY;
import static dev.chatgate.openai.validation.JsonType.BOOLEAN;
import static dev.chatgate.openai.validation.JsonType.INTEGER;
import static dev.chatgate.openai.validation.JsonType.NULL;
import static dev.chatgate.openai.validation.JsonType.NUMBER;
import static dev.chatgate.openai.validation.JsonType.OBJECT;
import static dev.chatgate.openai.validation.JsonType.STRING;
import static dev.chatgate.openai.validation.Rule.optional;
import static dev.chatgate.openai.validation.Rule.required;

import dev.chatgate.openai.validation.Relation;
import dev.chatgate.openai.validation.Rule;
import dev.chatgate.tenant.ModelName;
import java.util.List;

/**
 * Every rule that a body must keep, in the order of the provider's page "Create Chat Completion",
 * to be read beside it. What the page leaves open is decided as OpenAI does; what no row names
 * passes untouched.
 */
public final class ChatRules {
  /**
   * The largest number of tokens that can be asked for: 128 choices of it still fit the 40 bits
   * that a reservation has for them.
   */
  static final long MAX_TOKENS = Integer.MAX_VALUE;

  private static final int ANY_NUMBER = Integer.MAX_VALUE;

  /**
   * Presence, type and range of each place. An integer is one by its spelling: {@code 1.0} and
   * {@code 1e2} are numbers. A place with a rule for its items takes the item itself as well where
   * its own rule allows that type ({@code content}: a string, one part, a list of parts). Null
   * stands for an optional member that is absent: clients write one for each field they leave out.
   */
  public static final List<Rule> RULES =
      List.of(
          required("model", STRING).notBlank().maxBytes(ModelName.MAX_BYTES),
          required("messages", ARRAY).items(1, ANY_NUMBER),
          optional("messages[]", OBJECT),
          required("messages[].role", STRING)
              .oneOf("system", "developer", "user", "assistant", "tool", "function"),
          optional("messages[].content", STRING, OBJECT, ARRAY, NULL),
          optional("messages[].content[]", OBJECT),
          required("messages[].content[].type", STRING),
          optional("messages[].content[].text", STRING, NULL),
          optional("messages[].content[].image_url", STRING, OBJECT, NULL),
          required("messages[].content[].image_url.url", STRING),
          optional("messages[].content[].video_url", STRING, OBJECT, NULL),
          required("messages[].content[].video_url.url", STRING),
          optional("messages[].name", STRING, NULL),
          optional("max_tokens", INTEGER, NULL).from(1, MAX_TOKENS),
          optional("stream", BOOLEAN, NULL),
          optional("stream_options", OBJECT, NULL),
          optional("stream_options.include_usage", BOOLEAN, NULL),
          optional("n", INTEGER, NULL).from(1, 128),
          optional("seed", INTEGER, NULL),
          optional("frequency_penalty", NUMBER, NULL).from(-2, 2),
          optional("presence_penalty", NUMBER, NULL).from(-2, 2),
          optional("repetition_penalty", NUMBER, NULL).from(0, 2),
          optional("stop", STRING, ARRAY, NULL).items(1, 4),
          optional("stop[]", STRING),
          optional("temperature", NUMBER, NULL).from(0, 2),
          optional("top_p", NUMBER, NULL).above(0, 1),
          optional("top_k", INTEGER, NULL).from(1, 128),
          optional("min_p", NUMBER, NULL).from(0, 1),
          optional("logit_bias", OBJECT, NULL),
          optional("logit_bias.*", INTEGER).from(-100, 100),
          optional("logprobs", BOOLEAN, NULL),
          optional("top_logprobs", INTEGER, NULL).from(0, 20),
          optional("tools", ARRAY, NULL),
          optional("tools[]", OBJECT),
          required("tools[].type", STRING).oneOf("function"),
          required("tools[].function", OBJECT),
          required("tools[].function.name", STRING).notBlank(),
          optional("tools[].function.description", STRING, NULL),
          optional("tools[].function.parameters", OBJECT, NULL),
          optional("tools[].function.strict", BOOLEAN, NULL),
          optional("response_format", OBJECT, NULL),
          required("response_format.type", STRING).oneOf("text", "json_object", "json_schema"),
          optional("response_format.json_schema", OBJECT, NULL),
          required("response_format.json_schema.name", STRING).notBlank(),
          optional("response_format.json_schema.description", STRING, NULL),
          optional("response_format.json_schema.schema", OBJECT, NULL),
          optional("response_format.json_schema.strict", BOOLEAN, NULL),
          optional("separate_reasoning", BOOLEAN, NULL),
          optional("enable_thinking", BOOLEAN, NULL),
          // Not on the page, but known to every client, or multiplying what a call costs.
          optional("tool_choice", STRING, OBJECT, NULL).oneOf("none", "auto", "required"),
          required("tool_choice.type", STRING),
          optional("tool_choice.function", OBJECT, NULL),
          required("tool_choice.function.name", STRING).notBlank(),
          optional("parallel_tool_calls", BOOLEAN, NULL),
          optional("max_completion_tokens", INTEGER, NULL).from(1, MAX_TOKENS),
          optional("best_of", INTEGER, NULL).from(1, 128));

  /** What the places ask of one another. */
  public static final List<Relation> RELATIONS =
      List.of(
          new Relation.Needs("messages[].content[]", "type", "text", "text"),
          new Relation.Needs("messages[].content[]", "type", "image_url", "image_url"),
          new Relation.Needs("messages[].content[]", "type", "video_url", "video_url"),
          new Relation.Unless(
              "messages[]",
              "content",
              "role",
              "assistant",
              List.of(
                  "tool_calls",
                  "function_call",
                  "refusal",
                  "audio",
                  "reasoning_content",
                  "reasoning",
                  "reasoning_details",
                  "thinking",
                  "thinking_blocks"),
              "a string, a part or a list of parts",
              "only an assistant's message with tool calls or reasoning may leave it out"),
          new Relation.OnlyWith("", "stream_options", "stream"),
          new Relation.OnlyWith("", "top_logprobs", "logprobs"),
          new Relation.Needs("response_format", "type", "json_schema", "json_schema"),
          new Relation.Needs("tool_choice", "type", "function", "function"));

  private ChatRules() {}
}
