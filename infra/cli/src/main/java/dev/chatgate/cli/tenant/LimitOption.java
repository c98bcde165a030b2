package dev.chatgate.cli.tenant;

import dev.chatgate.cli.text.Amounts;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The new value of a limit: an option's value.
 *
 * @param value the limit; absent to remove it
 */
record LimitOption(OptionalLong value) {
  private static final String NONE = "none";

  /** As tenant list prints them: 1,000,000. */
  private static final Pattern WITH_SEPARATORS =
      Pattern.compile("[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]+)?");

  /** Parses a whole number, or {@code none}. */
  static final class OfNumber implements ITypeConverter<LimitOption> {
    @Override
    public LimitOption convert(String text) {
      return of(text, Amounts.readWhole(plain(text)), "a whole number of 0 or more");
    }
  }

  /** Parses dollars into micro-dollars, or {@code none}. */
  static final class OfDollars implements ITypeConverter<LimitOption> {
    @Override
    public LimitOption convert(String text) {
      return of(
          text,
          Amounts.readMicroUsd(plain(text)),
          "a number of dollars with at most six decimal places");
    }
  }

  private static String plain(String text) {
    return WITH_SEPARATORS.matcher(text).matches() ? text.replace(",", "") : text;
  }

  private static LimitOption of(String text, OptionalLong number, String expected) {
    if (number.isEmpty() && !text.equals(NONE)) {
      throw new TypeConversionException(
          "'" + text + "' is not valid (expected " + expected + ", or none)");
    }
    return new LimitOption(number);
  }
}
