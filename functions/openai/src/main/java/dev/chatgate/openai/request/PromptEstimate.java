package dev.chatgate.openai.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.tokens.TokenCounter;
import java.io.IOException;

/**
 * How many tokens the prompt of a valid body will be, erring high: the body written compactly, with
 * its strings decoded, as one text, gathered while the body is checked. So every text counts
 * (tools, schemas and fields that nobody knows among them), and the keys, quotes and braces stand
 * for the framing that a chat template puts around a message (JSON makes 9 tokens of it, templates
 * 4 to 6). To that come:
 *
 * <ul>
 *   <li>{@value #TEMPLATE} for what a template says by itself before the first message (the longest
 *       known, 68 tokens, includes some that the body's own framing pays for);
 *   <li>{@value #TOOLS} where there are tools, for the instructions how to call them;
 *   <li>{@value #IMAGE} for an image, in the place of its URL: the most that Qwen-VL models make of
 *       one by default (12,845,056 pixels, 28 × 28 to a token), more than other open models and
 *       OpenAI's full-size ones do;
 *   <li>{@value #VIDEO} for a video: the most of the same models, rounded up from 115,200.
 * </ul>
 */
final class PromptEstimate {
  static final long TEMPLATE = 48;
  static final long TOOLS = 128;
  static final long IMAGE = 16_384;
  static final long VIDEO = 131_072;

  /** Depth of a part's fields: body, messages, message, then the part, alone or in a list. */
  private static final int LONE_PART = 4;

  private static final int LISTED_PART = 5;

  private final StringBuilder text;
  private String section = "";
  private long extra = TEMPLATE;
  private int depth;
  private boolean inPicture;

  /** The depth around the picture that is being left out. */
  private int pictureDepth;

  /**
   * @param length the body's bytes
   */
  PromptEstimate(int length) {
    text = new StringBuilder(length);
  }

  /**
   * Takes in the body's next token.
   *
   * @param json at that token
   */
  void token(JsonToken token, JsonParser json) throws IOException {
    depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    if (inPicture) {
      inPicture = depth > pictureDepth;
      return;
    }
    switch (token) {
      case FIELD_NAME -> field(json.currentName());
      case START_OBJECT, START_ARRAY -> text.append(json.getText());
      case VALUE_STRING ->
          text.append('"')
              .append(json.getTextCharacters(), json.getTextOffset(), json.getTextLength())
              .append("\",");
      default -> text.append(json.getText()).append(',');
    }
  }

  /** The prompt's tokens, after the body's last. */
  long tokens(TokenCounter counter) {
    return extra + counter.count(text);
  }

  private void field(String name) {
    section = depth == 1 ? name : section;
    long picture = picture(name);
    if (picture > 0) {
      extra += picture;
      inPicture = true;
      pictureDepth = depth;
      return;
    }
    if (depth == 1 && name.equals("tools")) {
      extra += TOOLS;
    }
    text.append('"').append(name).append("\":");
  }

  private long picture(String name) {
    if (!section.equals("messages") || (depth != LONE_PART && depth != LISTED_PART)) {
      return 0;
    }
    return switch (name) {
      case "image_url" -> IMAGE;
      case "video_url" -> VIDEO;
      default -> 0;
    };
  }
}
