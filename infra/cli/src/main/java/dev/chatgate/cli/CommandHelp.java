package dev.chatgate.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help of a command. Options that every command accepts are explained by {@code chatgate} only.
 */
final class CommandHelp extends Help {
  private final CommandSpec command;

  CommandHelp(CommandSpec command, ColorScheme colors) {
    super(command, colors);
    this.command = command;
  }

  @Override
  public String optionList() {
    var list = optionListExcludingGroups(own(command.options())) + optionListGroupSections();
    return command.parent() == null
        ? list
        : list + "Common options, see chatgate --help: -h, --local, --profile, --region, --stack\n";
  }

  @Override
  protected Ansi.Text createDetailedSynopsisOptionsText(
      Collection<ArgSpec> argsInGroups,
      List<OptionSpec> options,
      Comparator<OptionSpec> sort,
      boolean clusterBooleanOptions) {
    return super.createDetailedSynopsisOptionsText(
        argsInGroups, own(options), sort, clusterBooleanOptions);
  }

  private static List<OptionSpec> own(List<OptionSpec> options) {
    return new ArrayList<>(options.stream().filter(option -> !option.inherited()).toList());
  }
}
