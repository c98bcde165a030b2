package dev.chatgate.quota.item;

import java.nio.charset.StandardCharsets;

/**
 * What writes of the quota item cost in DynamoDB, in write request units. A refused write's answer
 * does not carry its cost, and DynamoDB Local counts some writes wrongly, so it is worked out from
 * sizes as the Developer Guide gives them ("DynamoDB item sizes and formats", "Write requests").
 */
public final class WriteUnits {
  private static final int BYTES_A_UNIT = 1_024;
  private static final int DIGITS_A_BYTE = 2;

  private WriteUnits() {}

  /**
   * The cost of one write, done or refused.
   *
   * @param bytesBefore size of the item that it met, 0 if there was none
   * @param bytesAfter size of the item that it left; of a refused write, the same
   * @param indexMoved whether the item entered or left the sparse index, which is a write of its
   *     own
   */
  public static long of(int bytesBefore, int bytesAfter, boolean indexMoved) {
    int larger = Math.max(1, Math.max(bytesBefore, bytesAfter));
    return (long) Math.ceilDiv(larger, BYTES_A_UNIT) + (indexMoved ? 1 : 0);
  }

  /** Size of a quota item with its key. */
  public static int bytesOf(QuotaKey key, QuotaItem item) {
    return "pk".length()
        + bytes(key.toString())
        + item.attributes().entrySet().stream()
            .mapToInt(attribute -> bytes(attribute.getKey()) + bytesOf(attribute.getValue()))
            .sum();
  }

  private static int bytesOf(Attribute value) {
    return switch (value) {
      case Attribute.Whole(long number) -> bytesOf(number);
      case Attribute.Text(String text) -> bytes(text);
      case Attribute.ReservationAttribute(ReservationEntry entry) ->
          ReservationEntry.BYTES + entry.rest().length();
    };
  }

  /** A byte, one for every two significant digits, and one for a sign. */
  private static int bytesOf(long number) {
    var digits = Long.toString(Math.abs(number)).replaceFirst("0+$", "");
    return 1 + Math.ceilDiv(digits.length(), DIGITS_A_BYTE) + (number < 0 ? 1 : 0);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
