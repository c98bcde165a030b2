package dev.chatgate.cli.price;

import dev.chatgate.cli.text.Amounts;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An amount in US dollars: an option's value.
 *
 * @param microUsd the amount in micro-dollars, 0 or more
 */
record UsdAmount(long microUsd) {

  /** Parses dollars with at most six decimal places. */
  static final class Converter implements ITypeConverter<UsdAmount> {
    @Override
    public UsdAmount convert(String text) {
      return new UsdAmount(
          Amounts.readMicroUsd(text)
              .orElseThrow(() ->
                  new TypeConversionException(
                      "'"
                          + text
                          + "' is not a number of dollars with at most six decimal places")));
    }
  }
}
