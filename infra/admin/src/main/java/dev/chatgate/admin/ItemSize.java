package dev.chatgate.admin;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The size of an item by DynamoDB's rules (Developer Guide, "DynamoDB item sizes and formats"),
 * numbers counted a byte or two high.
 */
public final class ItemSize {
  /** The largest item that DynamoDB takes: 400 KB. */
  public static final int MAX_BYTES = 400 * 1024;

  private static final int CONTAINER = 3;
  private static final int ELEMENT = 1;

  private ItemSize() {}

  /**
   * The bytes of an item of strings, numbers, bytes, booleans, lists, maps and sets.
   *
   * @param item its attributes by name
   */
  public static long bytes(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .mapToLong(attribute -> utf8(attribute.getKey()) + bytes(attribute.getValue()))
        .sum();
  }

  /**
   * Refuses an item that DynamoDB would refuse.
   *
   * @param what it is, the begin of a sentence
   * @param remedy what can be done, the end of it
   * @throws IllegalArgumentException with that sentence
   */
  public static void require(String what, Map<String, AttributeValue> item, String remedy) {
    long bytes = bytes(item);
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%s takes %d bytes, and DynamoDB stores at most %d in one item: %s"
              .formatted(what, bytes, MAX_BYTES, remedy));
    }
  }

  private static long bytes(AttributeValue value) {
    return switch (value.type()) {
      case S -> utf8(value.s());
      case N -> value.n().length() + 1L;
      case M -> CONTAINER + bytes(value.m()) + (long) ELEMENT * value.m().size();
      case L -> CONTAINER + value.l().stream().mapToLong(one -> ELEMENT + bytes(one)).sum();
      case B -> value.b().asByteArrayUnsafe().length;
      case SS -> value.ss().stream().mapToLong(ItemSize::utf8).sum();
      case NS -> value.ns().stream().mapToLong(number -> number.length() + 1L).sum();
      case BS -> value.bs().stream().mapToLong(bytes -> bytes.asByteArrayUnsafe().length).sum();
      default -> ELEMENT;
    };
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
