package dev.chatgate.cli;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chatgate completion}. */
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  source <(chatgate completion)")
final class CompletionCommand implements Callable<Integer> {
  private final CommandEnvironment environment;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  CompletionCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    environment.out().print(AutoComplete.bash("chatgate", spec.root().commandLine()));
    return ExitCodes.OK;
  }
}
