package dev.chatgate.openai.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds keys (secrets, or names of members) in bytes: as they are, and as JSON escapes spell them,
 * also where JSON is quoted within JSON. Immutable; allocates nothing while it searches.
 *
 * <p>The text as it is is found by Horspool's algorithm, which skips as many bytes as the key is
 * long. An escaped key holds at least one escape: from each backslash on the bytes are compared
 * with the key's characters, and those before it with the key's beginning.
 */
public final class KeySearch {
  /** Shorter keys are not searched for: they would be found in answers by chance. */
  public static final int MIN_KEY_BYTES = 8;

  /**
   * Up to this length letters alone are a word, such as those that stand in where no key is used.
   */
  private static final int MAX_WORD = 15;

  /** More characters of a key than anybody can guess at once. */
  private static final int MAX_GUESSED = 24;

  /** Finds nothing. */
  public static final KeySearch NONE = new KeySearch(List.of());

  private final Needle[] needles;

  /** The characters of all keys: most escapes say none of them. */
  private final boolean[] characters = new boolean[256];

  /**
   * @param secrets the keys
   */
  public KeySearch(List<String> secrets) {
    needles =
        secrets.stream()
            .filter(secret -> !isWord(secret))
            .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
            .filter(key -> key.length >= MIN_KEY_BYTES)
            .map(Needle::new)
            .toArray(Needle[]::new);
    for (var needle : needles) {
      for (byte b : needle.key) {
        characters[b & 0xFF] = true;
      }
    }
  }

  private static boolean isWord(String secret) {
    return secret.length() <= MAX_WORD && secret.chars().allMatch(Character::isLetter);
  }

  /** Whether the bytes hold a key. */
  public boolean finds(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (var needle : needles) {
      if (needle.isIn(bytes, offset, end)) {
        return true;
      }
    }
    return needles.length > 0 && findsEscaped(bytes, offset, end);
  }

  /** Whether the text holds a key. */
  public boolean finds(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return finds(bytes, 0, bytes.length);
  }

  private boolean findsEscaped(byte[] bytes, int from, int to) {
    int at = Escapes.next(bytes, from, to);
    while (at < to) {
      if (mayBePartOfKey(bytes, at, to) && isAround(bytes, from, at, to)) {
        return true;
      }
      at = Escapes.next(bytes, Escapes.behindBackslashes(bytes, at, to), to);
    }
    return false;
  }

  /** An escape of a letter, like {@code \n}, does not say that letter. */
  private boolean mayBePartOfKey(byte[] bytes, int at, int to) {
    if (Escapes.isLetter(bytes, at, to)) {
      return false;
    }
    int said = Escapes.said(bytes, at, to);
    return said >= 0 && said < characters.length && characters[said];
  }

  private boolean isAround(byte[] bytes, int from, int at, int to) {
    for (var needle : needles) {
      if (needle.isAround(bytes, from, at, to)) {
        return true;
      }
    }
    return false;
  }

  /** How many keys there are. */
  public int size() {
    return needles.length;
  }

  /**
   * How much of a key's beginning stands at the end of a text that comes in pieces.
   *
   * @param state what was returned for the text before this character, 0 at its start
   * @return bytes of the key, {@link #isWhole} if it is all of it
   */
  public int next(int key, int state, char character) {
    return needles[key].next(state, character);
  }

  /**
   * From how many of a key's characters on a text in pieces is held back: half of the key, but no
   * more than {@value #MAX_GUESSED}. A model can be made to write guesses of a key; one that is
   * held back would show that it is right. Prefixes of up to 13 characters are public, so that 11
   * at least would have to be guessed at once, 62 to the power of 11 tries.
   */
  public int leastHeld(int key) {
    return Math.max(MIN_KEY_BYTES, Math.min(needles[key].key.length / 2, MAX_GUESSED));
  }

  /** Whether a state of {@link #next} means that the key is complete. */
  public boolean isWhole(int key, int state) {
    return state == needles[key].key.length;
  }

  /** One key. */
  private static final class Needle {
    private final byte[] key;

    /** How far the window moves if its last byte is this one. */
    private final int[] shifts = new int[256];

    /** For each length of a beginning: the longest shorter beginning that is also its end. */
    private final int[] borders;

    Needle(byte[] key) {
      this.key = key;
      this.borders = new int[key.length + 1];
      Arrays.fill(shifts, key.length);
      for (int i = 0; i < key.length - 1; i++) {
        shifts[key[i] & 0xFF] = key.length - 1 - i;
      }
      for (int i = 1; i < key.length; i++) {
        borders[i + 1] = next(borders[i], (char) (key[i] & 0xFF));
      }
    }

    int next(int state, char character) {
      int length = state == key.length ? borders[state] : state;
      while (length > 0 && (key[length] & 0xFF) != character) {
        length = borders[length];
      }
      return (key[length] & 0xFF) == character ? length + 1 : length;
    }

    boolean isIn(byte[] bytes, int from, int to) {
      int last = key.length - 1;
      int at = from + last;
      while (at < to) {
        byte b = bytes[at];
        if (b == key[last] && begins(bytes, at - last, last)) {
          return true;
        }
        at += shifts[b & 0xFF];
      }
      return false;
    }

    /** Whether the key's first bytes, that many, stand there. */
    private boolean begins(byte[] bytes, int at, int length) {
      for (int i = 0; i < length; i++) {
        if (bytes[at + i] != key[i]) {
          return false;
        }
      }
      return true;
    }

    /** Whether the key is there and its first escape is this one. */
    boolean isAround(byte[] bytes, int from, int escape, int to) {
      int said = Escapes.said(bytes, escape, to);
      int behind = Escapes.behind(bytes, escape, to);
      for (int i = 0; i < key.length && escape - i >= from; i++) {
        if ((key[i] & 0xFF) == said
            && begins(bytes, escape - i, i)
            && goesOn(bytes, behind, to, i + 1)) {
          return true;
        }
      }
      return false;
    }

    private boolean goesOn(byte[] bytes, int from, int to, int done) {
      int at = from;
      for (int i = done; i < key.length; i++) {
        if (at >= to || Escapes.said(bytes, at, to) != (key[i] & 0xFF)) {
          return false;
        }
        at = Escapes.behind(bytes, at, to);
      }
      return true;
    }
  }

  /**
   * What escapes say: any number of backslashes, then {@code uXXXX}, {@code xXX} or the character
   * itself. More than one backslash stand where JSON was quoted within JSON.
   */
  private static final class Escapes {
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BACKSLASHES = ONES * '\\';

    private Escapes() {}

    /** Where the next backslash stands, the end if there is none: eight bytes at a time. */
    static int next(byte[] bytes, int from, int to) {
      int at = from;
      while (at <= to - Long.BYTES && !hasBackslash((long) LONGS.get(bytes, at))) {
        at += Long.BYTES;
      }
      while (at < to && bytes[at] != '\\') {
        at++;
      }
      return at;
    }

    /**
     * A byte that is 0 is the only one that has its high bit set by subtracting 1 and not before.
     */
    private static boolean hasBackslash(long eight) {
      long zeros = eight ^ BACKSLASHES;
      return ((zeros - ONES) & ~zeros & HIGH_BITS) != 0;
    }

    static int behindBackslashes(byte[] bytes, int from, int to) {
      int at = from;
      while (at < to && bytes[at] == '\\') {
        at++;
      }
      return at;
    }

    /** The character that is said there, escaped or not; -1 if there is none. */
    static int said(byte[] bytes, int from, int to) {
      int at = behindBackslashes(bytes, from, to);
      if (at >= to) {
        return -1;
      }
      int digits = at == from ? 0 : digits(bytes, at, to);
      return digits == 0 ? bytes[at] & 0xFF : number(bytes, at + 1, digits);
    }

    /** Where the character ends. */
    static int behind(byte[] bytes, int from, int to) {
      int at = behindBackslashes(bytes, from, to);
      return at + 1 + (at == from || at >= to ? 0 : digits(bytes, at, to));
    }

    /** Whether a letter follows the backslashes, and not the digits of a character. */
    static boolean isLetter(byte[] bytes, int from, int to) {
      int at = behindBackslashes(bytes, from, to);
      int lower = at < to ? bytes[at] | 0x20 : 0;
      return lower >= 'a' && lower <= 'z' && digits(bytes, at, to) == 0;
    }

    /** How many hexadecimal digits follow the letter that asks for them; 0 if it is none. */
    private static int digits(byte[] bytes, int at, int to) {
      int wanted = bytes[at] == 'u' ? 4 : bytes[at] == 'x' ? 2 : 0;
      return at + wanted < to && number(bytes, at + 1, wanted) >= 0 ? wanted : 0;
    }

    private static int number(byte[] bytes, int from, int digits) {
      int number = 0;
      for (int i = from; i < from + digits; i++) {
        int digit = Character.digit(bytes[i], 16);
        if (digit < 0) {
          return -1;
        }
        number = number * 16 + digit;
      }
      return number;
    }
  }
}
