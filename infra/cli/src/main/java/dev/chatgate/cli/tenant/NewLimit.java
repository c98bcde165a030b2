package dev.chatgate.cli.tenant;

import dev.chatgate.cli.text.Amounts;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What a limit is to become.
 *
 * @param value absent for no such limit
 */
record NewLimit(OptionalLong value) {
  private static final String NONE = "none";

  /** Reads a whole number, or {@code none}. */
  static final class OfNumber implements ITypeConverter<NewLimit> {
    @Override
    public NewLimit convert(String text) {
      return of(text, Amounts.readWhole(text), "a whole number from 0 up");
    }
  }

  /** Reads dollars into micro-dollars, or {@code none}. */
  static final class OfDollars implements ITypeConverter<NewLimit> {
    @Override
    public NewLimit convert(String text) {
      return of(
          text, Amounts.readMicroUsd(text), "a number of dollars with at most six decimal places");
    }
  }

  private static NewLimit of(String text, OptionalLong number, String expected) {
    if (number.isEmpty() && !text.equals(NONE)) {
      throw new TypeConversionException("'" + text + "' is not " + expected + ", nor none");
    }
    return new NewLimit(number);
  }
}
