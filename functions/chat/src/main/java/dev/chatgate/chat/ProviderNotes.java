package dev.chatgate.chat;

import dev.chatgate.openai.provider.ProviderListener;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** What one call's line says of the provider. */
final class ProviderNotes implements ProviderListener {
  private static final int MOST_REASONS = 8;

  private final Set<String> reasons = new LinkedHashSet<>();
  private int repeats;
  private boolean keyReplaced;
  private boolean previousKey;

  @Override
  public void repeated() {
    repeats++;
  }

  @Override
  public void keyReplaced() {
    keyReplaced = true;
  }

  @Override
  public void previousKeyUsed() {
    previousKey = true;
  }

  @Override
  public void finished(String reason) {
    if (reasons.size() < MOST_REASONS) {
      reasons.add(reason);
    }
  }

  int repeats() {
    return repeats;
  }

  boolean hasOtherKey() {
    return keyReplaced;
  }

  boolean hasPreviousKey() {
    return previousKey;
  }

  Collection<String> finishReasons() {
    return reasons;
  }
}
