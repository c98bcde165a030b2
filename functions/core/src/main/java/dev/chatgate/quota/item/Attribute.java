package dev.chatgate.quota.item;

/** The value of one attribute of a quota item. */
public sealed interface Attribute {

  /**
   * A number.
   *
   * @param value any whole number
   */
  record Whole(long value) implements Attribute {}

  /**
   * A string: a model's name, or the index's key.
   *
   * @param value the string
   */
  record Text(String value) implements Attribute {}

  /**
   * A reservation in flight, 28 bytes or more in the store. Packing loses nothing, so equal entries
   * are equal bytes.
   *
   * @param entry the reservation
   */
  record ReservationAttribute(ReservationEntry entry) implements Attribute {}
}
