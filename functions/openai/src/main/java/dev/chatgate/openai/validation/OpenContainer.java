package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.json.DupDetector;
import org.jspecify.annotations.Nullable;

/** One object or array that is open while a body is read. Used again for the next at its depth. */
final class OpenContainer {
  final DupDetector names;

  /** The rules for what is inside, or null where there are none. */
  @Nullable RuleNode node;

  boolean array;

  /** Index of the first byte, where the receiver is told of the object. */
  int start;

  /** In an array, the number of items so far. */
  int count;

  /** In an object, the key that is being read. */
  @Nullable String key;

  /** In an object, the value of the member that a relation depends on. */
  @Nullable String tag;

  /** Bits of the fields that were there; not null; neither null nor an empty array; true. */
  long seen;

  long given;
  long filled;
  long affirmed;

  OpenContainer(DupDetector names) {
    this.names = names;
  }

  void open(@Nullable RuleNode rules, boolean isArray) {
    names.reset();
    node = rules;
    array = isArray;
    count = 0;
    key = null;
    tag = null;
    seen = 0;
    given = 0;
    filled = 0;
    affirmed = 0;
  }

  /** Counts a value that has been read, and what it was to the rules. */
  void count(boolean isNull, boolean isEmpty, boolean isTrue) {
    RuleNode read = next();
    count++;
    if (read != null) {
      seen |= read.bit;
      given |= isNull ? 0 : read.bit;
      filled |= isNull || isEmpty ? 0 : read.bit;
      affirmed |= isTrue ? read.bit : 0;
    }
  }

  /** The node of the value that comes next, or null where no rule names it. */
  @Nullable RuleNode next() {
    if (node == null) {
      return null;
    }
    return array ? node.item() : key == null ? null : node.field(key);
  }
}
