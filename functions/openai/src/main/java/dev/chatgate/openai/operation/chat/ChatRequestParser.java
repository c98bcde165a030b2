package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.estimate.PromptEstimate;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.openai.validation.BodyReader;
import dev.chatgate.openai.validation.InvalidBodyException;
import dev.chatgate.openai.validation.Unicode;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads the body of a chat call and holds it against {@link ChatRules}. Whatever the bytes, the
 * outcome is a value, in time and memory in proportion to their number. Safe for many threads.
 */
public final class ChatRequestParser {
  /** The number length is ours to check: so the error can name the field. */
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(BodyReader.DEEPEST + 1)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private final TokenCounters counters;

  /**
   * A parser.
   *
   * @param counters what its requests estimate their prompts with; shared with whoever counts
   *     answers, so that the tables are loaded once
   */
  public ChatRequestParser(TokenCounters counters) {
    this.counters = counters;
  }

  /**
   * Reads a body.
   *
   * @param body the bytes as the tenant sent them; kept by the request, so not to be changed
   */
  public ParsedChat parse(byte[] body) {
    try {
      Unicode.requireUtf8(body);
      var prompt = new PromptEstimate(body.length);
      return new ParsedChat.Valid(new ChatRequest(body, read(body, prompt), prompt, counters));
    } catch (InvalidBodyException e) {
      return new ParsedChat.Invalid(e.error());
    } catch (JsonProcessingException e) {
      return new ParsedChat.Invalid(malformed(e));
    } catch (IOException e) {
      throw new UncheckedIOException("reading an array does no I/O", e);
    }
  }

  private static ChatRequest.Fields read(byte[] body, PromptEstimate prompt) throws IOException {
    try (var json = factory().createParser(body)) {
      try {
        return new BodyReader(json, prompt).read();
      } catch (InvalidBodyException e) {
        if (e.error().code() != ErrorCode.INVALID_JSON) {
          requireJson(json);
        }
        throw e;
      }
    }
  }

  /** Reads on: that a body is no JSON at all is worth more to its author than its first field. */
  private static void requireJson(JsonParser json) throws IOException {
    while (json.nextToken() != null) {
      json.finishToken();
    }
  }

  /**
   * A factory for one body. Jackson keeps every key it has met in the factory, whatever its length:
   * with a shared one a tenant could fill the heap with keys.
   */
  static JsonFactory factory() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .streamReadConstraints(CONSTRAINTS)
        .build();
  }

  /**
   * Jackson's own message is left out: it names Java features and may repeat the body at length.
   */
  private static ApiError malformed(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return ApiError.of(
          ErrorCode.INVALID_JSON,
          "Expected nesting of at most 100 and keys without a common hash, but got more.");
    }
    var at = e.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return ApiError.of(ErrorCode.INVALID_JSON, "Expected JSON, but the body is none" + where + ".");
  }
}
