package dev.chatgate.cli.usage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a report groups usage, in addition to the tenant. */
enum GroupBy {
  /** One row per tenant. */
  TENANT,
  /** One row per UTC day. */
  DAY,
  /** One row per model, by the name that the tenant sent. */
  MODEL,
  /** One row per person, read from call records; not together with days or models. */
  USER;

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static List<String> words() {
    return Arrays.stream(values()).map(GroupBy::word).toList();
  }

  /** Parses a word, in any case. */
  static final class Converter implements ITypeConverter<GroupBy> {
    @Override
    public GroupBy convert(String text) {
      return Arrays.stream(values())
          .filter(by -> by.word().equals(text.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'" + text + "' is not valid (expected " + String.join(", ", words()) + ")"));
    }
  }

  /** The words, for completion. */
  static final class Candidates extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Candidates() {
      super(words());
    }
  }
}
