package dev.chatgate.cli.text;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;

/** Numbers as people read them. */
public final class Amounts {
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  /** Digits that fit, whatever they are. */
  private static final int MOST_DIGITS = 18;

  private Amounts() {}

  /** A number of things: {@code 1 tenant}, {@code 2 tenants}. */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /**
   * Reads dollars.
   *
   * @return micro-dollars; empty if it is no such number, negative, too large or finer than that
   */
  public static OptionalLong readMicroUsd(String text) {
    return read(text, MICRO_DIGITS);
  }

  /**
   * Reads a whole number.
   *
   * @return empty if it is none, negative or too large
   */
  public static OptionalLong readWhole(String text) {
    return read(text, 0);
  }

  private static OptionalLong read(String text, int digits) {
    try {
      var number = new BigDecimal(text);
      if (number.signum() >= 0 && number.precision() - number.scale() <= MOST_DIGITS - digits) {
        return OptionalLong.of(number.movePointRight(digits).longValueExact());
      }
      return OptionalLong.empty();
    } catch (ArithmeticException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** A whole number, its thousands apart. */
  public static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /**
   * Dollars, to the cent where that is all, else to the millionth.
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
