package dev.chatgate.aws.dynamodb;

import dev.chatgate.StoreUnavailableException;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a reader must not ignore in an item. A reader ignores attributes that it does not know,
 * because a later release may have written the item, but for those that the item itself names in
 * the list {@code critical}: ignoring one of them would widen what a tenant may do, or price a call
 * wrongly.
 */
public final class Critical {
  /** The attribute with the list of names. */
  public static final String NAME = "critical";

  private Critical() {}

  /**
   * Checks an item's list.
   *
   * @param known the attributes that the reader knows
   * @param what names the sort of item in the exception
   * @throws StoreUnavailableException if the list has another
   */
  public static void requireKnown(
      Map<String, AttributeValue> item, Set<String> known, String what) {
    var critical = item.get(NAME);
    if (critical != null
        && !critical.l().stream().map(AttributeValue::s).allMatch(known::contains)) {
      throw new StoreUnavailableException(
          "reading " + what + " that a later release wrote", new IllegalStateException());
    }
  }
}
