package dev.chatgate.aws.quota;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.quota.item.Attribute;
import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A quota item's attributes in the form of the SDK. */
final class AttributeValues {
  private AttributeValues() {}

  static AttributeValue of(Attribute attribute) {
    return switch (attribute) {
      case Whole(long number) -> AttributeValue.fromN(Long.toString(number));
      case Text(String text) -> AttributeValue.fromS(text);
      case ReservationAttribute(ReservationEntry entry) ->
          AttributeValue.fromB(SdkBytes.fromByteArray(entry.pack()));
    };
  }

  /**
   * The item without its key, and without attributes that this release does not know: no write of
   * it touches those.
   *
   * @throws dev.chatgate.StoreUnavailableException if one of these is critical
   */
  static QuotaItem item(Map<String, AttributeValue> values) {
    requireKnown(values);
    var attributes = new TreeMap<String, Attribute>();
    values.forEach((name, value) -> {
      if (ItemNames.isKnown(name)) {
        attributes.put(name, attribute(name, value));
      }
    });
    return new QuotaItem(attributes);
  }

  /**
   * Checks an item's critical attributes.
   *
   * @throws dev.chatgate.StoreUnavailableException if this release does not know one of them
   */
  static void requireKnown(Map<String, AttributeValue> values) {
    Critical.requireKnown(values, ItemNames::isKnown, "a quota item");
  }

  private static Attribute attribute(String name, AttributeValue value) {
    return switch (value.type()) {
      case N -> new Whole(Long.parseLong(value.n()));
      case S -> new Text(value.s());
      case B -> new ReservationAttribute(ReservationEntry.unpack(value.b().asByteArray()));
      case SS, NS, BS, M, L, BOOL, NUL, UNKNOWN_TO_SDK_VERSION ->
          throw new IllegalStateException("a quota item has no " + value.type() + ": " + name);
    };
  }
}
