package dev.chatgate.provider.redaction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds a key that a stream's events spell in pieces: each choice's text is read as one, whatever
 * the events in which it comes.
 */
public final class SplitKeySearch {
  private final KnownKeys known;

  /** The keys that are known when the first text comes; the call's own is among them. */
  private @Nullable KeySearch keys;

  /** How much of each key stands at the end of each choice's text. */
  private int[][] states = {};

  private boolean found;

  public SplitKeySearch(KnownKeys known) {
    this.known = known;
  }

  /** A search for no keys. */
  public static SplitKeySearch none() {
    return new SplitKeySearch(new KnownKeys());
  }

  /** Takes the next text of a choice. */
  public void take(int choice, CharSequence text) {
    if (text.isEmpty()) {
      return;
    }
    var search = keys();
    int[] ofChoice = statesOf(choice, search.size());
    for (int key = 0; key < ofChoice.length; key++) {
      ofChoice[key] = read(search, key, ofChoice[key], text);
    }
  }

  private KeySearch keys() {
    var search = keys;
    if (search == null) {
      search = known.search();
      keys = search;
    }
    return search;
  }

  private int[] statesOf(int choice, int size) {
    int before = states.length;
    if (choice >= before) {
      states = Arrays.copyOf(states, choice + 1);
      for (int i = before; i <= choice; i++) {
        states[i] = new int[size];
      }
    }
    return states[choice];
  }

  private int read(KeySearch keys, int key, int before, CharSequence text) {
    int state = before;
    for (int i = 0; i < text.length(); i++) {
      state = keys.next(key, state, text.charAt(i));
      found |= keys.isWhole(key, state);
    }
    return state;
  }

  /** Whether a key is complete. */
  public boolean hasFound() {
    return found;
  }

  /** Nothing follows the text of a choice: what it ends with is not the beginning of a key. */
  public void end(int choice) {
    if (choice < states.length) {
      Arrays.fill(states[choice], 0);
    }
  }

  /**
   * Whether a text ends with so much of a key that what follows must be seen first. Waiting can be
   * noticed, so that it must not tell whether a guess of a key's next character is right: see
   * {@link KeySearch#leastHeld}.
   */
  public boolean isPartial() {
    for (var ofChoice : states) {
      for (int key = 0; key < ofChoice.length; key++) {
        if (ofChoice[key] >= keys().leastHeld(key)) {
          return true;
        }
      }
    }
    return false;
  }
}
