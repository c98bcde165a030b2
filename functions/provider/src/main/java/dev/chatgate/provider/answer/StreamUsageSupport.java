package dev.chatgate.provider.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The models that refused a request that asks for usage on the stream, and answered the same
 * request without. For a while they are not asked; a success of a request that asks ends that at
 * once. For many threads; bounded, the model that was added first is forgotten.
 */
public final class StreamUsageSupport {
  /** How long a model is not asked for usage. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final int MAX_MODELS = 1_000;

  private final SequencedMap<String, Instant> untilByModel = new LinkedHashMap<>();

  public synchronized boolean contains(String model, Instant now) {
    var until = untilByModel.get(model);
    if (until != null && !now.isBefore(until)) {
      untilByModel.remove(model);
      return false;
    }
    return until != null;
  }

  public synchronized void add(String model, Instant now) {
    untilByModel.remove(model);
    untilByModel.put(model, now.plus(REMEMBERED));
    if (untilByModel.size() > MAX_MODELS) {
      untilByModel.pollFirstEntry();
    }
  }

  /** The model has answered a request that asks for usage. */
  public synchronized void remove(String model) {
    untilByModel.remove(model);
  }
}
