package dev.chatgate.cli.tenant;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.tenant.Quota;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The percents at which to warn: an option's value.
 *
 * @param percents empty for no warnings
 */
record WarnAtOption(List<Integer> percents) {
  private static final String NONE = "none";

  /** Parses percents with commas between them, or {@code none}. */
  static final class Reader implements ITypeConverter<WarnAtOption> {
    @Override
    public WarnAtOption convert(String text) {
      return new WarnAtOption(text.equals(NONE) ? List.of() : percents(text));
    }

    private static List<Integer> percents(String text) {
      try {
        var percents =
            Arrays.stream(text.split(",", -1)).map(String::strip).map(Integer::valueOf).toList();
        boolean isShort = percents.size() <= TenantJson.MAX_WARNINGS;
        if (isShort && new HashSet<>(percents).size() == percents.size()) {
          return Quota.UNLIMITED.withWarnAt(percents).warnAt();
        }
      } catch (IllegalArgumentException e) {
        throw notPercents(text);
      }
      throw notPercents(text);
    }

    private static TypeConversionException notPercents(String text) {
      return new TypeConversionException(
          ("'%s' is not valid (expected up to %d different whole numbers from 1 to 100 with commas"
                  + " between them, or none)")
              .formatted(text, TenantJson.MAX_WARNINGS));
    }
  }
}
