package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Holds the bytes of a body against rules: UTF-8, JSON, then each rule. Whatever the bytes, the
 * outcome is a value, in time and memory in proportion to their number.
 */
public final class BodyValidator {
  /**
   * The length of numbers is not limited here: the reader does it, and its error names the field.
   */
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(BodyReader.MAX_DEPTH + 1)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private BodyValidator() {}

  /**
   * Reads a body.
   *
   * @param rules for the body
   * @param receiver receives what was found valid, up to the first fault
   * @return a 400 if it is not JSON, or that names the first field at fault; empty if it keeps
   *     every rule
   */
  public static Optional<ApiError> validate(byte[] body, RuleNode rules, FieldReceiver receiver) {
    try {
      Unicode.requireUtf8(body);
      read(body, rules, receiver);
      return Optional.empty();
    } catch (InvalidBodyException e) {
      return Optional.of(e.error());
    } catch (JsonProcessingException e) {
      return Optional.of(malformed(e));
    } catch (IOException e) {
      throw new UncheckedIOException("reading an array does no I/O", e);
    }
  }

  private static void read(byte[] body, RuleNode rules, FieldReceiver receiver) throws IOException {
    try (var json = factory().createParser(body)) {
      try {
        new BodyReader(json, rules, receiver).read();
      } catch (InvalidBodyException e) {
        if (e.error().code() != ErrorCode.INVALID_JSON) {
          requireJson(json);
        }
        throw e;
      }
    }
  }

  /** Reads on: if the body is not JSON at all, the error says that and not the first field. */
  private static void requireJson(JsonParser json) throws IOException {
    while (json.nextToken() != null) {
      json.finishToken();
    }
  }

  /**
   * A factory for one body. Jackson keeps every key it has met in the factory, whatever its length:
   * with a shared one a tenant could fill the heap with keys.
   */
  private static JsonFactory factory() {
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
          ErrorCode.INVALID_JSON, "The body is nested too deeply or has too many colliding keys.");
    }
    var at = e.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return ApiError.of(ErrorCode.INVALID_JSON, "The body is not valid JSON" + where + ".");
  }
}
