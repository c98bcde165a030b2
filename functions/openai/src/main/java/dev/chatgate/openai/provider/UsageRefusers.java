package dev.chatgate.openai.provider;

import java.util.LinkedHashSet;

/**
 * The models whose provider refused {@code stream_options}: they are not asked for usage again.
 * Safe for many threads; bounded, the oldest is forgotten.
 */
final class UsageRefusers {
  private static final int MOST = 1_000;

  private final LinkedHashSet<String> models = new LinkedHashSet<>();

  synchronized boolean contains(String model) {
    return models.contains(model);
  }

  synchronized void add(String model) {
    models.add(model);
    if (models.size() > MOST) {
      models.removeFirst();
    }
  }
}
