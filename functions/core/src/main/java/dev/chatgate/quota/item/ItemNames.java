package dev.chatgate.quota.item;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * The names of a quota item's attributes. Windows and roll-ups carry their day, month and model in
 * the name, so that a window rolls over in the very write that first charges the new one. A
 * reservation's attribute is named by its id of 12 characters; every name here is shorter.
 */
public final class ItemNames {
  /** Number of entries. */
  public static final String ENTRIES = "n";

  /** Request bucket: theoretical arrival time, epoch nanoseconds. */
  public static final String REQUESTS_TAT = "rt";

  /** Token bucket: theoretical arrival time of settled tokens, epoch nanoseconds. */
  public static final String TOKENS_TAT = "tt";

  /** Token bucket: nanoseconds held by reserves in flight. */
  public static final String TOKENS_HELD = "th";

  /** {@link #TOKENS_TAT} + {@link #TOKENS_HELD}, kept because a condition cannot add. */
  public static final String TOKENS_VIRTUAL = "tv";

  /** Nanoseconds by which overruns pushed {@link #TOKENS_TAT} too far; absent is 0. */
  public static final String TOKENS_OVER = "to";

  /** Newest UTC day seen, days since 1970. */
  public static final String NEWEST_DAY = "dy";

  /**
   * At least the number of models' names in the item: an instance that does not know the item
   * counts a name that is there already once more.
   */
  public static final String NAMES = "nn";

  /**
   * How often {@link #NAMES} was put right; absent is 0. A write that does so and lands late finds
   * another number here, though the count may be the same again.
   */
  public static final String NAMES_VERSION = "nv";

  /** Hash key of the reconciler's index. */
  public static final String DUE_PARTITION = "wp";

  /** Range key of the reconciler's index: the epoch minute in which it was set. */
  public static final String DUE_MINUTE = "w";

  /** The one value of {@link #DUE_PARTITION}. */
  public static final String DUE = "due";

  /** In an end user's item: when the store may drop it, epoch seconds. */
  public static final String EXPIRES_AT = "ttl";

  /** In an end user's item: the name of the tier that an operator gave the end user. */
  public static final String OPERATOR_TIER = "pt";

  /** In an end user's item: is there if the end user is blocked; epoch seconds of the block. */
  public static final String BLOCKED = "bl";

  /**
   * In an end user's item: when an operator had the end user forgotten, epoch seconds. The counters
   * have nothing of calls that began before.
   */
  public static final String FORGOTTEN = "forgot";

  private static final String WARNING = "warn";
  private static final int MAX_WARNING_LENGTH = 8;
  private static final int RADIX = 36;

  /** A letter and 16 bits in base 36; an id is longer. */
  private static final int MAX_WINDOW_LENGTH = 5;

  private static final char DAY_MODEL_SEPARATOR = '.';

  /** The length of a reservation's id. */
  private static final int ID_LENGTH = 12;

  /** What an item with calls may have, apart from windows and roll-ups. */
  static final Set<String> COUNTERS =
      Set.of(
          ENTRIES, REQUESTS_TAT, TOKENS_TAT, TOKENS_HELD, TOKENS_VIRTUAL, TOKENS_OVER, NEWEST_DAY);

  private static final Set<String> FIXED =
      Set.of(
          ENTRIES,
          REQUESTS_TAT,
          TOKENS_TAT,
          TOKENS_HELD,
          TOKENS_VIRTUAL,
          TOKENS_OVER,
          NEWEST_DAY,
          NAMES,
          NAMES_VERSION,
          DUE_PARTITION,
          DUE_MINUTE,
          EXPIRES_AT,
          OPERATOR_TIER,
          BLOCKED,
          FORGOTTEN);

  private ItemNames() {}

  /**
   * Whether this release knows what an attribute of the name means. One of a later release is not
   * read: its name has 6 to 11 characters and no dot, so that it is none of these.
   */
  public static boolean isKnown(String name) {
    return FIXED.contains(name)
        || name.length() == ID_LENGTH
        || windowOf('d', name) >= 0
        || windowOf('m', name) >= 0
        || windowOf('c', name) >= 0
        || isModelName(name)
        || isWarning(name)
        || RollUpName.parse(name).isPresent();
  }

  /**
   * The mark of a warning: the text is the window and the limit's value.
   *
   * @param window the name of the window
   * @param percent the percent that was reached
   */
  public static String warning(String window, int percent) {
    return WARNING + window.charAt(0) + percent;
  }

  private static boolean isWarning(String name) {
    return name.startsWith(WARNING) && name.length() <= MAX_WARNING_LENGTH;
  }

  private static boolean isModelName(String name) {
    return name.length() <= MAX_WINDOW_LENGTH
        && name.startsWith("g")
        && fromBase36(name, 1, name.length()) >= 0;
  }

  /** What a roll-up of one (day, model) counts, each in an attribute of its own. */
  public enum Counter {
    /** Calls; corrections add 0. */
    CALLS('q'),
    /** Prompt tokens, the cached ones included. */
    PROMPT('p'),
    /** Cached prompt tokens. */
    CACHED('h'),
    /** Completion tokens. */
    COMPLETION('k'),
    /** Micro-dollars. */
    MICRO_USD('u'),
    /** Calls with a usage that is estimated or orphaned. */
    ESTIMATED('e'),
    /**
     * Rows of this (day, model) that an earlier release moved to the Usage table while the day went
     * on. This one reads them, and makes none.
     */
    FLUSHED('s');

    private final char letter;

    Counter(char letter) {
      this.letter = letter;
    }

    private static Optional<Counter> of(char letter) {
      for (var counter : values()) {
        if (counter.letter == letter) {
          return Optional.of(counter);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * A roll-up attribute.
   *
   * @param counter what it counts
   * @param epochDay the UTC day
   * @param modelCode the model's number in the item
   */
  public record RollUpName(Counter counter, int epochDay, int modelCode) {
    /** Names of one (day, model) are equal to it. */
    static final Comparator<RollUpName> BY_DAY_AND_MODEL =
        Comparator.comparingInt(RollUpName::epochDay).thenComparingInt(RollUpName::modelCode);

    @Override
    public String toString() {
      return counter.letter + base36(epochDay) + DAY_MODEL_SEPARATOR + base36(modelCode);
    }

    /** Reads {@link #toString}'s form; empty for an attribute of another kind. */
    public static Optional<RollUpName> parse(String name) {
      int separator = name.indexOf(DAY_MODEL_SEPARATOR);
      int epochDay = fromBase36(name, 1, separator);
      int modelCode = fromBase36(name, separator + 1, name.length());
      return epochDay < 0 || modelCode < 0
          ? Optional.empty()
          : Counter.of(name.charAt(0)).map(counter -> new RollUpName(counter, epochDay, modelCode));
    }
  }

  /** Tokens of a day, settled and reserved. */
  public static String dayTokens(int epochDay) {
    return "d" + base36(epochDay);
  }

  /** Tokens of a month, settled and reserved. */
  public static String monthTokens(int epochMonth) {
    return "m" + base36(epochMonth);
  }

  /** Micro-dollars of a month, settled and reserved. */
  public static String monthMicroUsd(int epochMonth) {
    return "c" + base36(epochMonth);
  }

  /** The name of the model that a code stands for. */
  public static String modelName(int modelCode) {
    return "g" + base36(modelCode);
  }

  /** The code of a {@link #modelName} attribute. */
  static int modelCode(String modelName) {
    return Integer.parseInt(modelName, 1, modelName.length(), RADIX);
  }

  private static String base36(int number) {
    return Integer.toString(number, RADIX);
  }

  /** A part of a name as a number, or -1 if it is none. */
  private static int fromBase36(String name, int from, int to) {
    if (from >= to || Character.digit(name.charAt(from), RADIX) < 0) {
      return -1;
    }
    try {
      return Integer.parseInt(name, from, to, RADIX);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The day or month in a window's name, or -1 if the attribute is no window of that letter. */
  public static int windowOf(char letter, String name) {
    if (name.length() < 2
        || name.length() > MAX_WINDOW_LENGTH
        || name.charAt(0) != letter
        || name.equals(NEWEST_DAY)
        || name.indexOf(DAY_MODEL_SEPARATOR) >= 0) {
      return -1;
    }
    return fromBase36(name, 1, name.length());
  }
}
