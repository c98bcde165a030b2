package dev.chatgate.cli;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.console.ResultStream;
import dev.chatgate.cli.console.Terminal;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.doctor.DoctorCommand;
import dev.chatgate.cli.info.InfoCommand;
import dev.chatgate.cli.issuer.IssuerCommands;
import dev.chatgate.cli.key.KeyCommands;
import dev.chatgate.cli.ledger.AuditCommand;
import dev.chatgate.cli.ledger.ReconcileCommand;
import dev.chatgate.cli.price.PriceCommands;
import dev.chatgate.cli.provider.ProviderKeyCommands;
import dev.chatgate.cli.signing.EdgeSecretCommands;
import dev.chatgate.cli.signing.SigningKeyCommands;
import dev.chatgate.cli.tenant.TenantCommands;
import dev.chatgate.cli.tenant.TierCommands;
import dev.chatgate.cli.trial.TryCommand;
import dev.chatgate.cli.usage.TailCommand;
import dev.chatgate.cli.usage.UsageCommands;
import dev.chatgate.cli.user.UserCommands;
import dev.chatgate.tenant.EndUser;
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
    versionProvider = VersionProvider.class,
    description =
        "Operate a Chatgate deployment: tenants, their end users, keys, issuers, prices, usage,"
            + " audits.",
    optionListHeading = "%nOptions; every command accepts all but --version:%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Success.",
      "1:Negative result: the audit found differences, a check of doctor failed, a named tenant, key, issuer or call does not"
          + " exist or already exists, the provider rejected its key, or a confirmation was"
          + " declined.",
      "2:Error: invalid arguments or input, no usable response from AWS or the provider, or output"
          + " that cannot be written. audit also ends with 2 if a named tenant does not exist.",
      "130:Interrupted with Ctrl-C."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate tenant list --stack chatgate-dev")
public final class Chatgate {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean version;

  @Mixin
  @SuppressWarnings("UnusedVariable") // read by picocli
  private final DeploymentOptions deploymentOptions;

  private Chatgate(DeploymentOptions deploymentOptions) {
    this.deploymentOptions = deploymentOptions;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // The output must not depend on the user's locale: numbers, dates, picocli's messages.
    Locale.setDefault(Locale.ROOT);
    var results = ResultStream.ofThisProcess();
    System.exit(run(environment(results), results, arguments));
  }

  /**
   * Runs a command and returns its exit code, which is 2 if not all of its output could be written.
   *
   * @param results where the environment's standard output ends
   */
  static int run(CommandEnvironment environment, ResultStream results, String... arguments) {
    int exitCode = commandLine(environment).execute(arguments);
    environment.out().flush();
    var loss = results.lossOfOutput();
    loss.ifPresent(environment.err()::println);
    environment.err().flush();
    return loss.isPresent() ? ExitCodes.ERROR : exitCode;
  }

  private static CommandEnvironment environment(ResultStream results) {
    // The start script tests each stream: Java only detects a terminal that is input and output.
    return new CommandEnvironment(
        System.getenv(),
        System.in,
        Boolean.getBoolean("chatgate.in.terminal"),
        new PrintWriter(results, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean("chatgate.err.terminal"),
        Terminal::ofThisProcess,
        InstantSource.system(),
        new LazySecureRandom(),
        Pause.SLEEP);
  }

  /** The command line with all its commands. */
  static CommandLine commandLine(CommandEnvironment environment) {
    var deploymentOptions = new DeploymentOptions(environment);
    var command = new CommandLine(new Chatgate(deploymentOptions));
    var tenants = new CommandLine(new TenantCommands(environment, deploymentOptions));
    tenants.addSubcommand(new TierCommands(environment, deploymentOptions));
    var usage = new CommandLine(new UsageCommands(environment, deploymentOptions));
    usage.addSubcommand(new TailCommand(environment, deploymentOptions));
    command
        .addSubcommand(tenants)
        .addSubcommand(new UserCommands(environment, deploymentOptions))
        .addSubcommand(new KeyCommands(environment, deploymentOptions))
        .addSubcommand(new IssuerCommands(environment, deploymentOptions))
        .addSubcommand(new ProviderKeyCommands(environment, deploymentOptions))
        .addSubcommand(new SigningKeyCommands(environment, deploymentOptions))
        .addSubcommand(new EdgeSecretCommands(environment, deploymentOptions))
        .addSubcommand(new PriceCommands(environment, deploymentOptions))
        .addSubcommand(usage)
        .addSubcommand(new AuditCommand(environment, deploymentOptions))
        .addSubcommand(new ReconcileCommand(environment, deploymentOptions))
        .addSubcommand(new InfoCommand(environment, deploymentOptions))
        .addSubcommand(new TryCommand(environment, deploymentOptions))
        .addSubcommand(new DoctorCommand(environment, deploymentOptions))
        .addSubcommand(new CompletionCommand(environment))
        .addSubcommand(new HelpCommand(environment));
    return command
        .setOut(environment.out())
        .setErr(environment.err())
        .setHelpFactory(CommandHelp::new)
        .registerConverter(TenantId.class, Chatgate::tenantId)
        .registerConverter(EndUser.class, Chatgate::endUser)
        .registerConverter(LocalDate.class, Chatgate::date)
        .setParameterExceptionHandler(ExceptionHandlers::handleParameterException)
        .setExecutionExceptionHandler(ExceptionHandlers::handleExecutionException);
  }

  private static TenantId tenantId(String text) {
    try {
      return new TenantId(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is not valid: " + e.getMessage());
    }
  }

  private static EndUser endUser(String text) {
    return EndUser.of(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + text
                    + "' is not valid: an end user's ID is 1 to 128 visible ASCII characters"));
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is not a date (expected YYYY-MM-DD)");
    }
  }
}
