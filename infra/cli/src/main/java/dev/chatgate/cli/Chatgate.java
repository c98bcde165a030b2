package dev.chatgate.cli;

import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.key.KeyCommands;
import dev.chatgate.cli.ledger.AuditCommand;
import dev.chatgate.cli.ledger.ReconcileCommand;
import dev.chatgate.cli.price.PriceCommands;
import dev.chatgate.cli.provider.ProviderKeyCommands;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.Terminal;
import dev.chatgate.cli.tenant.TenantCommands;
import dev.chatgate.cli.usage.UsageCommands;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** {@code chatgate}, the operator's command line. */
@Command(
    name = "chatgate",
    description = "Operates a Chatgate deployment.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done; the answer is yes.",
      "1:The answer is no: differences were found, what was asked for is not there or is there"
          + " already, the provider refuses its key, the question was not answered with yes.",
      "2:It could not run: the line or its input is wrong, or AWS or the provider does not answer.",
      "130:Ended by Ctrl-C."
    })
public final class Chatgate {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private final DeploymentOptions target;

  private Chatgate(DeploymentOptions target) {
    this.target = target;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // What is printed is the same everywhere: numbers, dates, picocli's own words.
    Locale.setDefault(Locale.ROOT);
    var shell = shell();
    int exitCode = commandLine(shell).execute(arguments);
    shell.out().flush();
    shell.err().flush();
    System.exit(exitCode);
  }

  private static CommandEnvironment shell() {
    // The launcher looks: Java only knows of a terminal that is both input and output.
    return new CommandEnvironment(
        System.getenv(),
        System.in,
        Boolean.getBoolean("chatgate.in.terminal"),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean("chatgate.err.terminal"),
        Terminal::ofThisProcess,
        InstantSource.system(),
        new LateSecureRandom(),
        Pause.SLEEP);
  }

  /** The whole command line, wired. */
  static CommandLine commandLine(CommandEnvironment shell) {
    var target = new DeploymentOptions(shell);
    var command = new CommandLine(new Chatgate(target));
    command
        .addSubcommand(new TenantCommands(shell, target))
        .addSubcommand(new KeyCommands(shell, target))
        .addSubcommand(new ProviderKeyCommands(shell, target))
        .addSubcommand(new PriceCommands(shell, target))
        .addSubcommand(new UsageCommands(shell, target))
        .addSubcommand(new AuditCommand(shell, target))
        .addSubcommand(new ReconcileCommand(shell, target))
        .addSubcommand(new CompletionCommand(shell));
    return command
        .setOut(shell.out())
        .setErr(shell.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(TenantId.class, TenantId::new)
        .registerConverter(LocalDate.class, Chatgate::date)
        .setParameterExceptionHandler(Failures::ofTheLine)
        .setExecutionExceptionHandler(Failures::ofTheCommand);
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is not a date like 2026-11-30");
    }
  }
}
