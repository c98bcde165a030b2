package dev.chatgate.cli.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Parses and formats token counts and amounts of money. */
public final class Amounts {
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  /** Decimal places of a sum below $1. */
  private static final int SMALL_DIGITS = 4;

  /** From this number on, three digits and a unit are shorter. */
  private static final BigDecimal BRIEF_FROM = BigDecimal.valueOf(100_000);

  private static final MathContext BRIEF_DIGITS = new MathContext(3, RoundingMode.HALF_UP);
  private static final int DIGITS_PER_UNIT = 3;
  private static final List<String> UNITS = List.of("k", "M", "B", "T");
  private static final char NO_BREAK_SPACE = '\u00A0';

  /** Decimal digits that always fit in a {@code long}. */
  private static final int MAX_DIGITS = 18;

  private Amounts() {}

  /** A number and a noun: {@code 1 tenant}, {@code 2,000 tenants}. */
  public static String count(long number, String noun) {
    return whole(number) + " " + noun + (number == 1 ? "" : "s");
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
   * Formats a whole number briefly: as {@link #whole} below 100,000, else with three significant
   * digits, like {@code 1.55 B}.
   */
  public static String brief(long number) {
    var exact = BigDecimal.valueOf(number);
    return exact.abs().compareTo(BRIEF_FROM) < 0
        ? whole(number)
        : sign(number) + scaled(exact.abs().round(BRIEF_DIGITS));
  }

  /**
   * Formats an amount in US dollars briefly: as {@link #dollars} below $100,000, else with three
   * significant digits, like {@code $1.55 M}.
   *
   * @param microUsd micro-dollars
   */
  public static String briefDollars(long microUsd) {
    var exact = absolute(microUsd);
    return exact.compareTo(BRIEF_FROM) < 0
        ? dollars(microUsd)
        : sign(microUsd) + "$" + scaled(exact.round(BRIEF_DIGITS));
  }

  /** A number from 1,000 up with its unit, which is not separated from it at the end of a line. */
  private static String scaled(BigDecimal rounded) {
    int exponent = rounded.precision() - rounded.scale() - 1;
    int unit = Math.min(exponent / DIGITS_PER_UNIT, UNITS.size());
    int whole = exponent - unit * DIGITS_PER_UNIT + 1;
    int digits = Math.max(0, BRIEF_DIGITS.getPrecision() - whole);
    var number = rounded.movePointLeft(unit * DIGITS_PER_UNIT).setScale(digits);
    return format(number) + NO_BREAK_SPACE + UNITS.get(unit - 1);
  }

  /** Formats a round number without needless zeros, like {@code 500}, {@code 1.5 k}. */
  public static String round(BigDecimal number) {
    var exact = number.stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    int unit = Math.clamp(exponent / DIGITS_PER_UNIT, 0, UNITS.size());
    var shown = exact.movePointLeft(unit * DIGITS_PER_UNIT).stripTrailingZeros();
    return format(shown.setScale(Math.max(0, shown.scale())))
        + (unit == 0 ? "" : NO_BREAK_SPACE + UNITS.get(unit - 1));
  }

  /**
   * Formats a sum in US dollars: two decimal places from $1 up, four below.
   *
   * @param microUsd micro-dollars
   */
  public static String dollars(long microUsd) {
    var exact = absolute(microUsd);
    if (exact.signum() == 0) {
      return "$0.00";
    }
    var small = exact.setScale(SMALL_DIGITS, RoundingMode.HALF_UP);
    if (small.signum() == 0) {
      return (microUsd < 0 ? ">-$" : "<$") + format(small.add(small.ulp()));
    }
    return sign(microUsd)
        + "$"
        + format(
            small.compareTo(BigDecimal.ONE) < 0
                ? small
                : exact.setScale(CENT_DIGITS, RoundingMode.HALF_UP));
  }

  /**
   * Formats an amount in US dollars exactly, with two to six decimal places: a price, a limit or
   * what one call cost.
   *
   * @param microUsd micro-dollars
   */
  public static String exactDollars(long microUsd) {
    var exact = absolute(microUsd).stripTrailingZeros();
    return sign(microUsd)
        + "$"
        + format(exact.scale() < CENT_DIGITS ? exact.setScale(CENT_DIGITS) : exact);
  }

  private static BigDecimal absolute(long microUsd) {
    return BigDecimal.valueOf(microUsd, MICRO_DIGITS).abs();
  }

  private static String sign(long number) {
    return number < 0 ? "-" : "";
  }

  private static String format(BigDecimal number) {
    return String.format(Locale.ROOT, "%,." + number.scale() + "f", number);
  }
}
