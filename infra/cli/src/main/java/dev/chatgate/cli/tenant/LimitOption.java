package dev.chatgate.cli.tenant;

import dev.chatgate.cli.text.Amounts;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The new value of a limit: an option's value.
 *
 * @param value the limit; absent to remove it
 */
record LimitOption(OptionalLong value) {
  private static final String NONE = "none";

  /** Parses a whole number, or {@code none}. */
  static final class OfNumber implements ITypeConverter<LimitOption> {
    @Override
    public LimitOption convert(String text) {
      return of(text, Amounts.readWhole(text), "a whole number of 0 or more");
    }
  }

  /** Parses dollars into micro-dollars, or {@code none}. */
  static final class OfDollars implements ITypeConverter<LimitOption> {
    @Override
    public LimitOption convert(String text) {
      return of(
          text, Amounts.readMicroUsd(text), "a number of dollars with at most six decimal places");
    }
  }

  private static LimitOption of(String text, OptionalLong number, String expected) {
    if (number.isEmpty() && !text.equals(NONE)) {
      throw new TypeConversionException(
          "'" + text + "' is not valid (expected " + expected + ", or none)");
    }
    return new LimitOption(number);
  }
}
