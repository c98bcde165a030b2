package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The scale of a chart: from 0 in two to four equal steps, each 1, 2 or 5 times a power of ten.
 *
 * @param step the size of a step
 * @param steps the number of steps
 */
record Scale(long step, int steps) {
  private static final int MAX_STEPS = 4;
  private static final int[] ROUND = {1, 2, 5};
  private static final int BASE = 10;
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  /** The smallest scale that reaches a value. */
  static Scale of(long max) {
    long needed = Math.max(1, Math.ceilDiv(max, MAX_STEPS));
    for (long power = 1; ; power *= BASE) {
      for (int round : ROUND) {
        if (round * power >= needed) {
          return new Scale(
              round * power, Math.toIntExact(Math.max(1, Math.ceilDiv(max, round * power))));
        }
      }
    }
  }

  /** The upper end. */
  long top() {
    return step * steps;
  }

  /** Every step, from the upper end to 0. */
  List<Long> ticks() {
    return LongStream.iterate(top(), tick -> tick >= 0, tick -> tick - step).boxed().toList();
  }

  /** A step of a scale of numbers, like {@code 1.5 M}. */
  String number(long tick) {
    return Amounts.round(BigDecimal.valueOf(tick));
  }

  /** A step of a scale of micro-dollars, like {@code $0.50}; all have the same decimal places. */
  String dollars(long tick) {
    var size = BigDecimal.valueOf(step, MICRO_DIGITS).stripTrailingZeros();
    var dollars = BigDecimal.valueOf(tick, MICRO_DIGITS);
    if (tick == 0 || size.compareTo(BigDecimal.ONE) >= 0) {
      return "$" + Amounts.round(dollars);
    }
    return "$" + dollars.setScale(Math.max(CENT_DIGITS, size.scale())).toPlainString();
  }
}
