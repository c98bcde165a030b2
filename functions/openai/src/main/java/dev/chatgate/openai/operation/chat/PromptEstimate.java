package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.estimate.AudioLength;
import dev.chatgate.openai.estimate.Media;
import dev.chatgate.openai.estimate.MediaRates;
import dev.chatgate.openai.estimate.PdfPages;
import dev.chatgate.openai.tokens.TokenCounter;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens the prompt of a valid body will be, erring high: the body written compactly, with
 * its strings decoded, as one text, gathered while the body is checked. So every text counts
 * (tools, schemas and unknown fields among them), and the keys, quotes and braces stand for the
 * framing that a chat template puts around a message (JSON makes 9 tokens of it, templates 4 to 6).
 * To that come:
 *
 * <ul>
 *   <li>{@value #TEMPLATE} for what a template says by itself before the first message (the longest
 *       known, 68 tokens, includes some that the body's own framing pays for);
 *   <li>{@value #TOOLS} where there are tools, for the instructions how to call them;
 *   <li>{@value #IMAGE} for an image, in the place of its URL: the most that Qwen-VL models make of
 *       one by default (12,845,056 pixels, 28 × 28 to a token), more than other open models and
 *       OpenAI's full-size ones do;
 *   <li>{@value #VIDEO} for a video: the most of the same models, rounded up from 115,200;
 *   <li>sound by its length ({@link AudioLength}) and PDFs by their pages ({@link PdfPages}), both
 *       at the model's rate ({@link MediaRates}); at an address or by an id, where the bytes are
 *       not in the body, {@value #REMOTE_SOUND_MILLIS} ms or {@value #REMOTE_PAGES} pages;
 *   <li>other files a token each {@value #TEXT_BYTES} bytes: text has some 4 characters a token,
 *       and an office document is text, compressed;
 *   <li>all other base64 a token each {@value #BINARY_BYTES} bytes. So text that merely looks like
 *       base64 (at least 256 characters of its alphabet, with digits, capitals and small letters)
 *       costs a token each 5⅓ characters, where English has 4.
 * </ul>
 *
 * <p>Base64 is looked for in every string but those that a model reads as they are: the text of
 * messages, the arguments of tool calls, tools and schemas. There it is text, and billed as such.
 */
public final class PromptEstimate {
  static final long TEMPLATE = 48;
  static final long TOOLS = 128;
  static final long IMAGE = 16_384;
  static final long VIDEO = 131_072;
  static final long REMOTE_SOUND_MILLIS = 600_000;
  static final long REMOTE_PAGES = 10;
  static final int TEXT_BYTES = 2;
  static final int BINARY_BYTES = 4;

  /** A longer text grows the buffer; most of a larger body is base64, which never gets there. */
  private static final int MAX_INITIAL_CAPACITY = 64 * 1024;

  /** Depth of a lone part's fields: body, messages, message, then the part; in a list one more. */
  private static final int LONE_PART = 4;

  private static final Set<String> TEXT_MEMBERS =
      Set.of(
          "content",
          "text",
          "arguments",
          "refusal",
          "reasoning",
          "reasoning_content",
          "thinking",
          "summary");

  private static final Set<String> TEXT_SECTIONS = Set.of("tools", "functions", "response_format");

  private final StringBuilder text;
  private String section = "";
  private String member = "";
  private long extra = TEMPLATE;
  private long pages;
  private long soundMillis;
  private int depth;

  /** The media member that is being read, or null; and the depth around it. */
  private @Nullable PartMember media;

  private int mediaDepth;
  private boolean inline;
  private long unknownBytes;
  private String format = "";

  /**
   * @param length the body's bytes
   */
  public PromptEstimate(int length) {
    text = new StringBuilder(Math.min(length, MAX_INITIAL_CAPACITY));
  }

  /**
   * Takes in the body's next token.
   *
   * @param json at that token
   */
  public void token(JsonToken token, JsonParser json) throws IOException {
    depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    if (token == JsonToken.FIELD_NAME) {
      field(json.currentName());
    } else if (media != null) {
      mediaValue(media, token, json);
    } else if (token == JsonToken.VALUE_STRING) {
      string(json);
    } else {
      text.append(json.getText()).append(token.isStructStart() ? "" : ",");
    }
  }

  /** The prompt's tokens, after the body's last. */
  public long tokens(TokenCounter counter, MediaRates rates) {
    return extra + rates.pages(pages) + rates.sound(soundMillis) + counter.count(text);
  }

  private void field(String name) {
    member = name;
    if (media != null) {
      return;
    }
    section = depth == 1 ? name : section;
    media = section.equals("messages") && depth >= LONE_PART ? PartMember.named(name) : null;
    if (media != null) {
      openMedia();
      return;
    }
    if (depth == 1 && name.equals("tools")) {
      extra += TOOLS;
    }
    text.append('"').append(name).append("\":");
  }

  private void openMedia() {
    mediaDepth = depth;
    inline = false;
    unknownBytes = 0;
    format = "";
  }

  private void string(JsonParser json) throws IOException {
    boolean plain = TEXT_MEMBERS.contains(member) || TEXT_SECTIONS.contains(section);
    if (plain || !add(json, false)) {
      append(json);
    }
  }

  private void append(JsonParser json) throws IOException {
    text.append('"')
        .append(json.getTextCharacters(), json.getTextOffset(), json.getTextLength())
        .append("\",");
  }

  private void mediaValue(PartMember read, JsonToken token, JsonParser json) throws IOException {
    boolean absent = token == JsonToken.VALUE_NULL && depth == mediaDepth;
    if (token == JsonToken.VALUE_STRING) {
      mediaString(json);
    }
    if (depth <= mediaDepth) {
      if (!absent) {
        closeMedia(read);
      }
      media = null;
    }
  }

  private void mediaString(JsonParser json) throws IOException {
    if (member.equals("format")) {
      format = json.getText().toLowerCase(Locale.ROOT);
    } else if (!add(json, member.equals("data") || member.equals("file_data"))
        && media == PartMember.FILE) {
      append(json);
      inline |= member.equals("file_data") && !json.getText().startsWith("http");
    }
  }

  /** What a media member costs that did not bring its bytes, or only bytes that say nothing. */
  private void closeMedia(PartMember read) {
    switch (read) {
      case PICTURE -> extra += inline ? 0 : IMAGE;
      case FILM -> extra += inline ? 0 : VIDEO;
      case SOUND -> {
        if (unknownBytes > 0) {
          sound(AudioLength.byFormat(format, unknownBytes));
        } else if (!inline) {
          sound(REMOTE_SOUND_MILLIS);
        }
      }
      case FILE -> pages += inline ? 0 : REMOTE_PAGES;
    }
  }

  /** What is shorter than a second counts as one. */
  private void sound(long millis) {
    soundMillis += Math.max(1_000, millis);
  }

  /** Adds what a string of base64 holds; false if it is none. */
  private boolean add(JsonParser json, boolean expected) throws IOException {
    int length = json.getTextLength();
    char[] characters = json.getTextCharacters();
    var found = Media.read(characters, json.getTextOffset(), length, expected);
    found.ifPresent(this::add);
    return found.isPresent();
  }

  private void add(Media found) {
    if (isUnclear(found)) {
      unknownBytes += bytes(found);
      return;
    }
    inline = true;
    switch (found) {
      case Media.Picture _ -> extra += IMAGE;
      case Media.Film _ -> extra += VIDEO;
      case Media.Sound(long millis) -> sound(millis);
      case Media.Document(long count) -> pages += count;
      case Media.Text(long bytes) -> extra += Math.ceilDiv(bytes, TEXT_BYTES);
      case Media.Unknown(long bytes) -> extra += Math.ceilDiv(bytes, BINARY_BYTES);
    }
  }

  /** Whether the member around it says better what the bytes are. */
  private boolean isUnclear(Media found) {
    return switch (media) {
      case PICTURE -> found instanceof Media.Unknown || found instanceof Media.Text;
      case FILM -> bytes(found) > 0 || found instanceof Media.Picture;
      case SOUND -> bytes(found) > 0;
      case FILE -> false;
      case null -> false;
    };
  }

  private static long bytes(Media found) {
    return switch (found) {
      case Media.Film(long bytes) -> bytes;
      case Media.Text(long bytes) -> bytes;
      case Media.Unknown(long bytes) -> bytes;
      case Media.Picture _, Media.Sound _, Media.Document _ -> 0;
    };
  }
}
