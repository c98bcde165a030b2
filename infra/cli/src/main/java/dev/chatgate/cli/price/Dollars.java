package dev.chatgate.cli.price;

import dev.chatgate.cli.text.Amounts;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A price.
 *
 * @param microUsd micro-dollars
 */
record Dollars(long microUsd) {

  /** Reads it in dollars. */
  static final class Converter implements ITypeConverter<Dollars> {
    @Override
    public Dollars convert(String text) {
      return new Dollars(
          Amounts.readMicroUsd(text)
              .orElseThrow(() ->
                  new TypeConversionException(
                      "'"
                          + text
                          + "' is not a number of dollars with at most six decimal places")));
    }
  }
}
