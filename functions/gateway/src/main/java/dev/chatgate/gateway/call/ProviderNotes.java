package dev.chatgate.gateway.call;

import dev.chatgate.provider.ProviderListener;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** What one call's line says of the provider. */
public final class ProviderNotes implements ProviderListener {
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

  public int repeats() {
    return repeats;
  }

  public boolean hasOtherKey() {
    return keyReplaced;
  }

  public boolean hasPreviousKey() {
    return previousKey;
  }

  Collection<String> finishReasons() {
    return reasons;
  }
}
