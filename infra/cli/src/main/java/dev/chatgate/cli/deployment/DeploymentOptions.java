package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.RefusedException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options that say which deployment is meant. They stand anywhere on the line. Without one, the
 * variables that the functions have say it: {@code CHATGATE_TENANTS_TABLE} and its like.
 */
public final class DeploymentOptions {
  /** Variable with the name of the secret that holds the provider's key. */
  static final String SECRET_VARIABLE = "CHATGATE_PROVIDER_SECRET";

  /** Variable with the provider's address, as the functions have it. */
  static final String BASE_URL_VARIABLE = "UPSTREAM_BASE_URL";

  private static final String STACK_VARIABLE = "CHATGATE_STACK";
  private static final String PORT_VARIABLE = "CHATGATE_AWS_PORT";
  private static final String DEFAULT_PORT = "8082";

  private final CommandEnvironment shell;

  @Option(
      names = "--stack",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "The CloudFormation stack to work on; else CHATGATE_STACK.")
  private Optional<String> stack = Optional.empty();

  @Option(
      names = "--region",
      scope = ScopeType.INHERIT,
      paramLabel = "REGION",
      description = "Its AWS region; else AWS_REGION, or the profile's.")
  private Optional<String> region = Optional.empty();

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "PROFILE",
      description = "Whose credentials, from the AWS CLI's files; else AWS_PROFILE, or as usual.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--local",
      scope = ScopeType.INHERIT,
      description =
          "Work on what mvn -Plocal runs on this machine instead, at CHATGATE_AWS_PORT (8082).")
  private boolean local;

  /**
   * @param shell what is around
   */
  public DeploymentOptions(CommandEnvironment shell) {
    this.shell = shell;
  }

  /**
   * Opens the deployment; nothing is asked of AWS before it is needed.
   *
   * @throws RefusedException if the line does not say which
   */
  public Deployment open() {
    if (local) {
      return new Deployment(
          new Clients(
              new Clients.Access(Optional.empty(), Optional.empty(), Optional.of(thisMachine()))),
          _ -> local(),
          shell);
    }
    var clients = new Clients(new Clients.Access(region, profile, Optional.empty()));
    var name = stack.or(() -> shell.variable(STACK_VARIABLE));
    if (stack.isEmpty() && shell.variable(Tables.TENANTS_VARIABLE).isPresent()) {
      return new Deployment(clients, _ -> fromVariables(), shell);
    }
    var wanted =
        name.orElseThrow(() ->
            RefusedException.cannotRun(
                "Say which deployment: --stack NAME (or CHATGATE_STACK), or --local."));
    return new Deployment(clients, reader -> reader.get().read(wanted).names(), shell);
  }

  private URI thisMachine() {
    if (stack.isPresent()) {
      throw RefusedException.cannotRun("--local and --stack do not go together.");
    }
    var port = shell.variable(PORT_VARIABLE).orElse(DEFAULT_PORT);
    try {
      return URI.create("http://127.0.0.1:" + Integer.parseInt(port));
    } catch (NumberFormatException e) {
      throw RefusedException.cannotRun(PORT_VARIABLE + " is not a port.");
    }
  }

  private Names local() {
    return new Names(
        Tables.LOCAL, Optional.of(Names.LOCAL_SECRET), shell.variable(BASE_URL_VARIABLE));
  }

  private Names fromVariables() {
    return new Names(
        new Tables(
            required(Tables.TENANTS_VARIABLE),
            required(Tables.QUOTA_VARIABLE),
            required(Tables.USAGE_VARIABLE)),
        shell.variable(SECRET_VARIABLE),
        shell.variable(BASE_URL_VARIABLE));
  }

  private String required(String variable) {
    return shell
        .variable(variable)
        .orElseThrow(() ->
            RefusedException.cannotRun(variable + " is not set; or say --stack NAME, or --local."));
  }

  /** Finds the names of a deployment, given what can look a stack up. */
  interface NamesSource {
    /** Looks. */
    Names names(Supplier<StackReader> reader);
  }
}
