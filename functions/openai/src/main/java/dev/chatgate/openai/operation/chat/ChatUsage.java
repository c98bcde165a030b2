package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.util.Optional;

/**
 * The usage object of chat completions.
 *
 * <p>A {@code total_tokens} above their sum holds tokens that are counted nowhere else, such as
 * thinking or audio: the surplus counts as completion. One below the sum is ignored.
 *
 * <p>Usage is believed if {@code prompt_tokens} and {@code completion_tokens}, and {@code
 * total_tokens} and the cached tokens where they are given, are integers from 0 to {@value
 * #MAX_TOKENS}. Cached tokens are {@code prompt_tokens_details.cached_tokens}, or DeepSeek's {@code
 * prompt_cache_hit_tokens}; more of them than of the prompt's count as all of the prompt's.
 */
final class ChatUsage {
  /** Far above any context window, and far below what sums and prices could not hold. */
  static final long MAX_TOKENS = 1_000_000_000_000L;

  private static final JsonFactory JSON = new JsonFactory();

  private ChatUsage() {}

  /** A usage object with these counts. */
  static String write(TokenCounts counts) {
    return "{\"prompt_tokens\":"
        + counts.prompt()
        + ",\"completion_tokens\":"
        + counts.completion()
        + "}";
  }

  /** The counts of a usage object; empty if they cannot be believed. */
  static Optional<TokenCounts> read(String usage) {
    try (var json = JSON.createParser(usage)) {
      return json.nextToken() == JsonToken.START_OBJECT ? readObject(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<TokenCounts> readObject(JsonParser json) throws IOException {
    var count = new Counts();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "prompt_tokens" -> count.prompt = readCount(json, -1);
        case "completion_tokens" -> count.completion = readCount(json, -1);
        case "total_tokens" -> count.total = readCount(json, 0);
        case "prompt_cache_hit_tokens" -> count.cacheHit = readCount(json, 0);
        case "prompt_tokens_details" -> count.cached = readDetails(json);
        default -> {
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    return count.believed();
  }

  private static long readDetails(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return 0;
    }
    long cached = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      if (json.currentName().equals("cached_tokens")) {
        cached = readCount(json, 0);
      } else {
        json.nextToken();
        json.skipChildren();
      }
    }
    return cached;
  }

  /** The number, {@code ifNull} for null, -1 for anything else. */
  private static long readCount(JsonParser json, long ifNull) throws IOException {
    var value = json.nextToken();
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return inRange(json);
    }
    json.skipChildren();
    return value == JsonToken.VALUE_NULL ? ifNull : -1;
  }

  private static long inRange(JsonParser json) throws IOException {
    if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return -1;
    }
    long number = json.getLongValue();
    return number <= MAX_TOKENS ? Math.max(-1, number) : -1;
  }

  /** The numbers of a usage object while it is read; -1 is one that is not believed. */
  private static final class Counts {
    private long prompt = -1;
    private long completion = -1;
    private long total;
    private long cached;
    private long cacheHit;

    Optional<TokenCounts> believed() {
      if (prompt < 0 || completion < 0 || total < 0 || cached < 0 || cacheHit < 0) {
        return Optional.empty();
      }
      long fromCache = Math.min(prompt, Math.max(cached, cacheHit));
      return Optional.of(new TokenCounts(prompt, fromCache, Math.max(completion, total - prompt)));
    }
  }
}
