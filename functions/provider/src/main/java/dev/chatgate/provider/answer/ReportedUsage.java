package dev.chatgate.provider.answer;

import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.AnswerPart;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The usage that the provider reported, the last one if several. */
final class ReportedUsage {
  /** A larger usage object is ignored: it would not fit into a record. */
  static final int MAX_RAW_BYTES = 32 * 1024;

  private final AnswerReader reader;
  private final KnownKeys keys;
  private @Nullable String raw;

  /** Whether it holds a key. */
  private boolean secret;

  /**
   * @param reader reads the counts
   * @param keys our keys, which no record may hold
   */
  ReportedUsage(AnswerReader reader, KnownKeys keys) {
    this.reader = reader;
    this.keys = keys;
  }

  /** Takes the usages of an answer or of a chunk. */
  void take(byte[] bytes, AnswerPart part) {
    for (var usage : part.usages()) {
      take(bytes, usage);
    }
  }

  private void take(byte[] bytes, Span value) {
    int length = value.to() - value.from();
    secret = keys.search().finds(bytes, value.from(), length);
    raw =
        length > MAX_RAW_BYTES
            ? null
            : new String(bytes, value.from(), length, StandardCharsets.UTF_8);
  }

  /**
   * What the call used.
   *
   * @param estimate our own count, made only if the provider's is missing or not believed
   */
  Consumption consumption(Supplier<TokenCounts> estimate) {
    var reported = raw;
    if (reported == null) {
      return new Consumption.Estimated(estimate.get(), Optional.empty());
    }
    Optional<TokenCounts> counts = reader.readUsage(reported);
    return counts.isPresent()
        ? new Consumption.Measured(
            counts.get(), secret ? reader.writeUsage(counts.get()) : reported)
        : new Consumption.Estimated(
            estimate.get(), secret ? Optional.empty() : Optional.of(reported));
  }

  /** What the call used if the provider reported it, nothing otherwise. */
  Consumption reportedOrNothing() {
    return consumption(() -> TokenCounts.ZERO) instanceof Consumption.Measured measured
        ? measured
        : new Consumption.Nothing();
  }
}
