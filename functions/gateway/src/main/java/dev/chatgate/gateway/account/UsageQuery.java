package dev.chatgate.gateway.account;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parsed query string of {@code GET /v1/usage}. */
sealed interface UsageQuery {
  /** Maximum number of days in a range. */
  int MAX_DAYS = 366;

  /** What the answer's entries are grouped by. */
  enum GroupBy {
    DAY,
    MODEL
  }

  /**
   * A valid query.
   *
   * @param from first UTC day, inclusive
   * @param to last UTC day, inclusive
   * @param groupBy what the answer's entries are grouped by
   */
  record Valid(LocalDate from, LocalDate to, GroupBy groupBy) implements UsageQuery {}

  /**
   * An invalid query.
   *
   * @param error names the invalid parameter
   */
  record Invalid(ApiError error) implements UsageQuery {}

  /**
   * Reads a query string. The default of {@code to} is today, that of {@code from} the first day of
   * {@code to}'s month. Unknown parameters are ignored.
   *
   * @param query the query string as received, without the question mark
   * @param today the current UTC day
   */
  static UsageQuery read(String query, LocalDate today) {
    try {
      var parameters = parameters(query);
      var to = date(parameters, "to", today);
      var from = date(parameters, "from", to.withDayOfMonth(1));
      checkRange(from, to);
      return new Valid(from, to, groupBy(parameters.getOrDefault("group_by", "day")));
    } catch (InvalidParameterException e) {
      return new Invalid(ApiError.about(ErrorCode.INVALID_VALUE, e.parameter, e.why));
    }
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      if (name.equals("from") || name.equals("to") || name.equals("group_by")) {
        var value = decoded(name, equals < 0 ? "" : pair.substring(equals + 1));
        if (parameters.put(name, value) != null) {
          throw new InvalidParameterException(name, name + " is given twice.");
        }
      }
    }
    return parameters;
  }

  private static String decoded(String name, String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidParameterException(name, name + " is not percent-encoded as it should be.");
    }
  }

  private static LocalDate date(Map<String, String> parameters, String name, LocalDate ifAbsent) {
    if (!parameters.containsKey(name)) {
      return ifAbsent;
    }
    try {
      var date = LocalDate.parse(parameters.getOrDefault(name, ""));
      if (date.getYear() >= 0 && date.getYear() <= 9999) {
        return date;
      }
    } catch (DateTimeParseException e) {
      throw notADate(name);
    }
    throw notADate(name);
  }

  private static InvalidParameterException notADate(String name) {
    return new InvalidParameterException(name, name + " must be a date: YYYY-MM-DD, UTC.");
  }

  private static void checkRange(LocalDate from, LocalDate to) {
    if (from.isAfter(to)) {
      throw new InvalidParameterException("from", "from must not be after to, " + to + ".");
    }
    if (ChronoUnit.DAYS.between(from, to) >= MAX_DAYS) {
      throw new InvalidParameterException(
          "from", "from and to must be at most " + MAX_DAYS + " days apart, both included.");
    }
  }

  private static GroupBy groupBy(String value) {
    return switch (value) {
      case "day" -> GroupBy.DAY;
      case "model" -> GroupBy.MODEL;
      default -> throw new InvalidParameterException("group_by", "group_by must be day or model.");
    };
  }

  /** Names the invalid parameter. It does not leave {@link #read}. */
  final class InvalidParameterException extends RuntimeException {
    private final String parameter;
    private final String why;

    private InvalidParameterException(String parameter, String why) {
      super(why);
      this.parameter = parameter;
      this.why = why;
    }
  }
}
