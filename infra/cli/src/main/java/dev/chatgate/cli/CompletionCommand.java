package dev.chatgate.cli;

import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chatgate completion}. */
@Command(
    name = "completion",
    description = {
      "Prints the script that completes chatgate's commands and options in bash and zsh.",
      "Use it with: source <(chatgate completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  private final CommandEnvironment shell;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  CompletionCommand(CommandEnvironment shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.out().print(AutoComplete.bash("chatgate", spec.root().commandLine()));
    return ExitCodes.OK;
  }
}
