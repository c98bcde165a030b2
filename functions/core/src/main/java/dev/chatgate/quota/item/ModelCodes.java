package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import java.util.Map;

/**
 * The models' names of a quota item, and their codes. A tenant may send any name, so an item has
 * room for a fixed number of them: a name that finds none is counted under {@link #OTHER}.
 *
 * <p>The first choice of a code comes from the name itself, so that an instance that knows nothing
 * of the item chooses what the others chose; a clash takes the next code.
 */
public final class ModelCodes {
  /** Up to so many names in an item there is room for one that is configured nowhere. */
  public static final int MAX_NAMES = 64;

  /** Up to so many there is room for a configured one: made-up names do not displace those. */
  public static final int MAX_NAMES_WITH_CONFIGURED = 128;

  /** Calls with a name that has no room, or is not kept, are counted under this name. */
  public static final String OTHER = "(other)";

  /** The code of {@link #OTHER}, in every item. */
  public static final int OTHER_CODE = 0xFFFF;

  /** Two digits of base 36: names of attributes stay short. */
  private static final int FIRST_CHOICES = 36 * 36;

  private static final int MAX_NAME_LENGTH = 200;

  private ModelCodes() {}

  /** The name as item and records keep it: cut if it is long, never within a character. */
  public static String nameOf(String model) {
    return cut(model, MAX_NAME_LENGTH);
  }

  /** At most so many characters of a name, without half of a surrogate pair at its end. */
  public static String cut(String name, int maxLength) {
    if (name.length() <= maxLength) {
      return name;
    }
    boolean splits = Character.isHighSurrogate(name.charAt(maxLength - 1));
    return name.substring(0, splits ? maxLength - 1 : maxLength);
  }

  /**
   * The code to try for a name, given the item as last seen.
   *
   * @param maxNames how many names the item may have with this one
   */
  public static int codeFor(String name, QuotaItem seen, int maxNames) {
    if (name.equals(OTHER)) {
      return OTHER_CODE;
    }
    var models = seen.models();
    for (Map.Entry<Integer, String> known : models.entrySet()) {
      if (known.getValue().equals(name)) {
        return known.getKey();
      }
    }
    return namesIn(seen) < maxNames ? freeCode(name, models) : OTHER_CODE;
  }

  private static int freeCode(String name, Map<Integer, String> models) {
    int code = Math.floorMod(name.hashCode(), FIRST_CHOICES);
    while (models.containsKey(code)) {
      code = (code + 1) % OTHER_CODE;
    }
    return code;
  }

  /**
   * Puts the count of names right. A write that adds a name raises the count, and one that drops
   * names does this. So where neither number has changed, no name has come or gone.
   *
   * @param seen the item as the count was made of it
   * @param names the count after the write
   */
  public static void count(ItemUpdate.Builder write, QuotaItem seen, long names) {
    write
        .when(asSeen(ItemNames.NAMES, seen))
        .when(asSeen(ItemNames.NAMES_VERSION, seen))
        .put(ItemNames.NAMES, names)
        .put(ItemNames.NAMES_VERSION, seen.number(ItemNames.NAMES_VERSION) + 1);
  }

  private static Condition asSeen(String attribute, QuotaItem seen) {
    return seen.has(attribute)
        ? new Condition.Is(attribute, new Whole(seen.number(attribute)))
        : new Condition.Absent(attribute);
  }

  /** How many names an item has; {@link #OTHER} is not counted. */
  public static int namesIn(QuotaItem item) {
    var models = item.models();
    return models.size() - (models.containsKey(OTHER_CODE) ? 1 : 0);
  }
}
