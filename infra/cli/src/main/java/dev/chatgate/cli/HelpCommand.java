package dev.chatgate.cli;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chatgate help}. */
@Command(
    name = "help",
    description = "Show the help of a command, as its option --help does.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate help usage report")
final class HelpCommand implements Callable<Integer> {
  private final CommandEnvironment environment;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command's words. Default: none, for the list of commands.")
  private List<String> words = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  HelpCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    var command = spec.root().commandLine();
    for (var word : words) {
      command = command.getSubcommands().get(word);
      if (command == null) {
        throw CommandException.error("Unknown command: '" + word + "'. See: chatgate --help");
      }
    }
    command.usage(environment.out());
    return ExitCodes.OK;
  }
}
