package dev.chatgate.cli.text;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;

/** Parses and formats token counts and amounts of money. */
public final class Amounts {
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  /** Decimal digits that always fit in a {@code long}. */
  private static final int MAX_DIGITS = 18;

  private Amounts() {}

  /** A number and a noun: {@code 1 tenant}, {@code 2 tenants}. */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /**
   * Parses an amount in US dollars.
   *
   * @return micro-dollars; empty if the text is not a number, negative, too large, or has more than
   *     six decimal places
   */
  public static OptionalLong readMicroUsd(String text) {
    return read(text, MICRO_DIGITS);
  }

  /**
   * Parses a whole number.
   *
   * @return empty if the text is not a whole number, negative or too large
   */
  public static OptionalLong readWhole(String text) {
    return read(text, 0);
  }

  private static OptionalLong read(String text, int digits) {
    try {
      var number = new BigDecimal(text);
      if (number.signum() >= 0 && number.precision() - number.scale() <= MAX_DIGITS - digits) {
        return OptionalLong.of(number.movePointRight(digits).longValueExact());
      }
      return OptionalLong.empty();
    } catch (ArithmeticException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Formats a whole number with thousands separators. */
  public static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /**
   * Formats an amount in US dollars, with two to six decimal places.
   *
   * @param microUsd micro-dollars
   */
  public static String dollars(long microUsd) {
    var exact = BigDecimal.valueOf(Math.abs(microUsd), MICRO_DIGITS).stripTrailingZeros();
    var shown = exact.scale() < CENT_DIGITS ? exact.setScale(CENT_DIGITS) : exact;
    return (microUsd < 0 ? "-$" : "$")
        + String.format(Locale.ROOT, "%,." + shown.scale() + "f", shown);
  }
}
