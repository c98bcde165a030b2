package dev.chatgate.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Messages for invalid arguments: picocli's, without the names of its classes and of ours. */
final class ArgumentErrors {
  private static final Pattern INVALID =
      Pattern.compile(
          "Invalid value for (?:option '[^']*'|positional parameter at index \\S+)"
              + "(?: \\([^)]*\\))?: (.*)",
          Pattern.DOTALL);

  /** What picocli says if a converter throws another exception than it should. */
  private static final Pattern NOT_CONVERTED =
      Pattern.compile("cannot convert '(.*)' to \\S+ \\((?:[\\w.$]+: )?(.*)\\)", Pattern.DOTALL);

  private static final Pattern NOT_WHOLE = Pattern.compile("('.*') is not an? (?:int|long)");

  private ArgumentErrors() {}

  /** The message for an exception. */
  static String messageFor(ParameterException exception) {
    if (exception instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    var message =
        withFirstNames(exception.getCommandLine(), String.valueOf(exception.getMessage()));
    var invalid = INVALID.matcher(message);
    return exception.getArgSpec() != null && invalid.matches()
        ? "Invalid " + subject(exception.getArgSpec()) + ": " + reason(invalid.group(1))
        : message;
  }

  /** The others are often only the values of the first one. */
  private static String unmatched(UnmatchedArgumentException exception) {
    return kind(exception) + ": '" + exception.getUnmatched().getFirst() + "'";
  }

  private static String kind(UnmatchedArgumentException exception) {
    if (exception.isUnknownOption()) {
      return "Unknown option";
    }
    return exception.getCommandLine().getSubcommands().isEmpty()
        ? "Unexpected argument"
        : "Unknown command";
  }

  private static String subject(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? "value for option '" + option.names()[0] + "'"
        : argument.paramLabel();
  }

  private static String reason(String text) {
    var notConverted = NOT_CONVERTED.matcher(text);
    if (notConverted.matches()) {
      return "'" + notConverted.group(1) + "' is not valid: " + notConverted.group(2);
    }
    var notWhole = NOT_WHOLE.matcher(text);
    return notWhole.matches() ? notWhole.group(1) + " is not a whole number" : text;
  }

  /** Picocli names an option by its longest name; its first name is the one to use. */
  private static String withFirstNames(CommandLine command, String message) {
    var text = message;
    for (var option : command.getCommandSpec().options()) {
      var first = option.names()[0];
      if (first.startsWith("--") && option.names().length > 1) {
        text =
            text.replaceAll(
                Pattern.quote(option.longestName()) + "\\b", Matcher.quoteReplacement(first));
      }
    }
    return text;
  }
}
