package dev.chatgate.quota;

import java.util.Map;

/**
 * Numbers for models' names in a quota item. The first choice comes from the name itself, so that
 * an instance that knows nothing of the item chooses what the others chose; a clash takes the next
 * number.
 */
final class ModelCodes {
  /** Two digits of base 36: names of attributes stay short. */
  private static final int FIRST_CHOICES = 36 * 36;

  private static final int CODES = 1 << 16;

  /** Longest name that is kept: an item must not grow with what a caller writes. */
  private static final int LONGEST_NAME = 200;

  private ModelCodes() {}

  /** The name as item and records keep it. */
  static String nameOf(String model) {
    return model.length() <= LONGEST_NAME ? model : model.substring(0, LONGEST_NAME);
  }

  /** The code to try for a name, given the item as last seen. */
  static int codeFor(String name, QuotaItem seen) {
    var models = seen.models();
    for (Map.Entry<Integer, String> known : models.entrySet()) {
      if (known.getValue().equals(name)) {
        return known.getKey();
      }
    }
    int code = Math.floorMod(name.hashCode(), FIRST_CHOICES);
    while (models.containsKey(code)) {
      code = (code + 1) % CODES;
    }
    return code;
  }

  /** Whether a code stands for another name. */
  static boolean clashes(int code, String name, QuotaItem item) {
    var holder = item.models().get(code);
    return holder != null && !holder.equals(name);
  }
}
