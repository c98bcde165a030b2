package dev.chatgate.cli;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.Tables;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code chatgate}, the operator's command line. Region, credentials and endpoint come from the
 * SDK's own settings; the options here stand anywhere on the line.
 */
@Command(
    name = "chatgate",
    description = "Operates a Chatgate deployment.",
    subcommands = {AuditCommand.class, ReconcileCommand.class})
public final class Chatgate implements Runnable {
  /** The exit code of a command that could not do its work. */
  static final int CANNOT_RUN = 2;

  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Option(
      names = "--local",
      scope = ScopeType.INHERIT,
      description =
          "Works on the system that mvn -Plocal runs on this machine, at CHATGATE_AWS_PORT (8082).")
  private boolean local;

  @Option(
      names = "--tenants-table",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      defaultValue = "",
      description = "The Tenants table; else " + Tables.TENANTS_VARIABLE + ".")
  private String tenantsTable = "";

  @Option(
      names = "--quota-table",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      defaultValue = "",
      description = "The Quota table; else " + Tables.QUOTA_VARIABLE + ".")
  private String quotaTable = "";

  @Option(
      names = "--usage-table",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      defaultValue = "",
      description = "The Usage table; else " + Tables.USAGE_VARIABLE + ".")
  private String usageTable = "";

  Chatgate(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new Chatgate(environment))
        .setParameterExceptionHandler((failure, _) -> {
          var command = failure.getCommandLine();
          command
              .getErr()
              .println(
                  failure.getMessage()
                      + " See: "
                      + command.getCommandSpec().qualifiedName()
                      + " --help");
          return CANNOT_RUN;
        })
        .setExecutionExceptionHandler((failure, command, _) -> {
          command.getErr().println(sentence(failure));
          return CANNOT_RUN;
        });
  }

  private static String sentence(Exception failure) {
    if (failure instanceof StoreUnavailableException && failure.getCause() != null) {
      return "DynamoDB failed while "
          + failure.getMessage()
          + ": "
          + failure.getCause().getMessage();
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  /** The deployment that the options name. */
  Deployment open() {
    if (local) {
      Deployment.pointAtThisMachine(environment.getOrDefault("CHATGATE_AWS_PORT", "8082"));
    }
    return new Deployment(
        new Tables(
            name(tenantsTable, Tables.TENANTS_VARIABLE, Tables.LOCAL.tenants()),
            name(quotaTable, Tables.QUOTA_VARIABLE, Tables.LOCAL.quota()),
            name(usageTable, Tables.USAGE_VARIABLE, Tables.LOCAL.usage())));
  }

  private String name(String option, String variable, String onThisMachine) {
    var name = option;
    if (name.isEmpty()) {
      name = local ? onThisMachine : environment.getOrDefault(variable, "");
    }
    if (name.isBlank()) {
      throw new ParameterException(
          spec.commandLine(), variable + " is not set; give the tables by option, or say --local.");
    }
    return name;
  }
}
