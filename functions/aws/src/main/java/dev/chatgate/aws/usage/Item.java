package dev.chatgate.aws.usage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads an item of the Usage table, and says clearly what is missing from it. */
record Item(Map<String, AttributeValue> values) {

  String text(String name) {
    return required(name).s();
  }

  long number(String name) {
    return Long.parseLong(required(name).n());
  }

  int small(String name) {
    return Math.toIntExact(number(name));
  }

  boolean flag(String name) {
    return required(name).bool();
  }

  Item map(String name) {
    return new Item(required(name).m());
  }

  List<Item> list(String name) {
    return required(name).l().stream().map(element -> new Item(element.m())).toList();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  private AttributeValue required(String name) {
    var value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("an item of the Usage table has no " + name);
    }
    return value;
  }

  /** Writes an item. */
  static final class Writer {
    private final Map<String, AttributeValue> values = new HashMap<>();

    Writer text(String name, String value) {
      values.put(name, AttributeValue.fromS(value));
      return this;
    }

    Writer number(String name, long value) {
      values.put(name, AttributeValue.fromN(Long.toString(value)));
      return this;
    }

    Writer flag(String name, boolean value) {
      values.put(name, AttributeValue.fromBool(value));
      return this;
    }

    Writer map(String name, Writer members) {
      values.put(name, AttributeValue.fromM(members.values));
      return this;
    }

    Map<String, AttributeValue> values() {
      return values;
    }
  }
}
