package dev.chatgate.cli;

import dev.chatgate.cli.deployment.AwsFailures;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells in one sentence on standard error why a command did not do its work. */
final class Failures {
  private Failures() {}

  static int ofTheLine(ParameterException failure, String[] line) {
    var command = failure.getCommandLine();
    var name = command.getCommandSpec().qualifiedName();
    // Whoever gives the key as an argument all the same must not find it in a log as well.
    boolean secret =
        failure instanceof UnmatchedArgumentException && name.startsWith("chatgate provider-key");
    var sentence =
        secret
            ? "The key is never an argument: give it on standard input."
            : firstLine(failure.getMessage());
    command.getErr().println(end(sentence) + " See: " + name + " --help");
    return ExitCodes.CANNOT_RUN;
  }

  static int ofTheCommand(Exception failure, CommandLine command, ParseResult result) {
    if (failure instanceof RefusedException refused) {
      command.getErr().println(firstLine(refused.getMessage()));
      return refused.exitCode();
    }
    command.getErr().println(sentence(failure));
    return ExitCodes.CANNOT_RUN;
  }

  private static String sentence(Exception failure) {
    if (failure instanceof IllegalArgumentException && failure.getMessage() != null) {
      return end(firstLine(failure.getMessage()));
    }
    return AwsFailures.sentence(failure)
        .map(Failures::firstLine)
        .orElseGet(() -> "A defect of chatgate: " + where(failure));
  }

  /** Class and place only: a message may quote anything. */
  private static String where(Exception failure) {
    var frames = failure.getStackTrace();
    return failure.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]) + ".";
  }

  private static String firstLine(@Nullable String message) {
    return TextTable.printable(String.valueOf(message).lines().findFirst().orElse(""));
  }

  private static String end(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
