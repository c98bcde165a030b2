package dev.chatgate.cli;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.text.TextTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Picocli's exception handlers: each prints one line on standard error and picks the exit code. */
final class ExceptionHandlers {
  private static final String MISSING_SUBCOMMAND = "Missing required subcommand";

  private ExceptionHandlers() {}

  /** Handles invalid arguments. A command without its subcommand prints its help. */
  static int handleParameterException(ParameterException exception, String[] arguments) {
    var command = exception.getCommandLine();
    if (MISSING_SUBCOMMAND.equals(exception.getMessage())) {
      command.usage(command.getErr());
      return ExitCodes.ERROR;
    }
    var name = command.getCommandSpec().qualifiedName();
    // A key that is passed as an argument must not be repeated in the terminal or a log.
    boolean mayBeKey =
        exception instanceof UnmatchedArgumentException && name.startsWith("chatgate provider-key");
    var message =
        mayBeKey
            ? "The key must not be a command-line argument; pass it on standard input."
            : withPeriod(firstLine(ArgumentErrors.messageFor(exception))) + suggestions(exception);
    command.getErr().println(message + " See: " + name + " --help");
    return ExitCodes.ERROR;
  }

  private static String suggestions(ParameterException exception) {
    var similar =
        exception instanceof UnmatchedArgumentException unmatched
            ? Suggestions.of(unmatched)
            : List.<String>of();
    return similar.isEmpty() ? "" : " Did you mean: " + String.join(", ", similar) + "?";
  }

  /** Handles an exception of a command that ran. */
  static int handleExecutionException(
      Exception exception, CommandLine command, ParseResult result) {
    if (exception instanceof CommandException failure) {
      command.getErr().println(firstLine(failure.getMessage()));
      return failure.exitCode();
    }
    command.getErr().println(message(exception));
    return ExitCodes.ERROR;
  }

  private static String message(Exception exception) {
    if (exception instanceof IllegalArgumentException && exception.getMessage() != null) {
      return withPeriod(firstLine(exception.getMessage()));
    }
    return AwsErrorMessages.messageFor(exception)
        .map(ExceptionHandlers::firstLine)
        .orElseGet(() -> "Internal error: " + classAndPlace(exception));
  }

  /** Without the exception's message, which may quote anything. */
  private static String classAndPlace(Exception exception) {
    var frames = exception.getStackTrace();
    return exception.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]) + ".";
  }

  private static String firstLine(@Nullable String message) {
    return TextTable.printable(String.valueOf(message).lines().findFirst().orElse(""));
  }

  private static String withPeriod(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
