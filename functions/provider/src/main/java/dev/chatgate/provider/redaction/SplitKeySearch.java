package dev.chatgate.provider.redaction;

import dev.chatgate.openai.json.KeySearch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds a key that a stream's events spell in pieces: each output's text is read as one, whatever
 * the events in which it comes.
 */
public final class SplitKeySearch {
  private final KnownKeys known;

  /** The keys that are known when the first text comes; the call's own is among them. */
  private @Nullable KeySearch keys;

  /** How much of each key stands at the end of each output's text. */
  private int[][] states = {};

  private boolean found;

  public SplitKeySearch(KnownKeys known) {
    this.known = known;
  }

  /** A search for no keys. */
  public static SplitKeySearch none() {
    return new SplitKeySearch(new KnownKeys());
  }

  /** Takes the next text of an output. */
  public void take(int output, CharSequence text) {
    if (text.isEmpty()) {
      return;
    }
    var search = keys();
    int[] ofOutput = statesOf(output, search.size());
    for (int key = 0; key < ofOutput.length; key++) {
      ofOutput[key] = read(search, key, ofOutput[key], text);
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

  private int[] statesOf(int output, int size) {
    int before = states.length;
    if (output >= before) {
      states = Arrays.copyOf(states, output + 1);
      for (int i = before; i <= output; i++) {
        states[i] = new int[size];
      }
    }
    return states[output];
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

  /** Nothing follows the text of an output: what it ends with is not the beginning of a key. */
  public void end(int output) {
    if (output < states.length) {
      Arrays.fill(states[output], 0);
    }
  }

  /**
   * Whether a text ends with so much of a key that what follows must be seen first. Waiting can be
   * noticed, so that it must not tell whether a guess of a key's next character is right: see
   * {@link KeySearch#leastHeld}.
   */
  public boolean isPartial() {
    for (var ofOutput : states) {
      for (int key = 0; key < ofOutput.length; key++) {
        if (ofOutput[key] >= keys().leastHeld(key)) {
          return true;
        }
      }
    }
    return false;
  }
}
