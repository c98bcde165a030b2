package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The options that select the deployment. Every command accepts them. Without them the environment
 * variables of the functions are used: {@code CHATGATE_TENANTS_TABLE} and so on.
 */
public final class DeploymentOptions {
  private static final String BASE_URL_VARIABLE = "UPSTREAM_BASE_URL";

  private static final String STACK_VARIABLE = "CHATGATE_STACK";
  private static final String REGION_VARIABLE = "AWS_REGION";
  private static final String KEY_VARIABLE = "AWS_ACCESS_KEY_ID";
  private static final String PROFILE_VARIABLE = "AWS_PROFILE";
  private static final String CACHE_VARIABLE = "CHATGATE_CACHE_SECONDS";
  private static final String PORT_VARIABLE = "CHATGATE_AWS_PORT";
  private static final String DEFAULT_PORT = "8082";

  private final CommandEnvironment environment;

  @Option(
      names = "--stack",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "CloudFormation stack of the deployment. Default: CHATGATE_STACK.")
  private Optional<String> stack = Optional.empty();

  @Option(
      names = "--region",
      scope = ScopeType.INHERIT,
      paramLabel = "REGION",
      description = "AWS region of the stack. Default: AWS_REGION, then the profile's region.")
  private Optional<String> region = Optional.empty();

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "PROFILE",
      description =
          "AWS CLI profile for credentials. Default: the AWS SDK's credential chain, which reads"
              + " AWS_PROFILE.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--local",
      scope = ScopeType.INHERIT,
      description =
          "Use the local deployment that mvn -Plocal runs, on port CHATGATE_AWS_PORT (default 8082).")
  private boolean local;

  /**
   * @param environment the environment of the command
   */
  public DeploymentOptions(CommandEnvironment environment) {
    this.environment = environment;
  }

  /**
   * Opens the deployment. No AWS call is made yet.
   *
   * @throws CommandException if no deployment is selected
   */
  public Deployment open() {
    if (local) {
      return new Deployment(
          new AwsClientFactory(
              new AwsClientFactory.ConnectionSettings(
                  Optional.empty(), Optional.empty(), Optional.of(localEndpoint()))),
          this::local,
          Optional.empty(),
          environment);
    }
    var clients =
        new AwsClientFactory(
            new AwsClientFactory.ConnectionSettings(region, profile, Optional.empty()));
    var name = stack.or(() -> environment.variable(STACK_VARIABLE));
    if (stack.isEmpty() && environment.variable(Tables.TENANTS_VARIABLE).isPresent()) {
      return new Deployment(clients, this::fromVariables, Optional.empty(), environment);
    }
    var stackName =
        name.orElseThrow(() ->
            CommandException.error(
                "No deployment selected: use --stack NAME (or set CHATGATE_STACK), or --local."));
    return new Deployment(
        clients,
        () -> clients.stacks().read(stackName).names(),
        Optional.of(stackName),
        environment);
  }

  /** Opens the AWS account alone, without a stack; absent with {@code --local}. */
  public Optional<AwsAccount> account() {
    return local
        ? Optional.empty()
        : Optional.of(
            new AwsAccount(
                new AwsClientFactory(
                    new AwsClientFactory.ConnectionSettings(region, profile, Optional.empty())),
                regionSource(),
                credentialsSource()));
  }

  private String regionSource() {
    if (region.isPresent()) {
      return "--region";
    }
    return environment.variable(REGION_VARIABLE).isPresent()
        ? REGION_VARIABLE
        : profile.map("profile "::concat).orElse("the AWS SDK's settings");
  }

  private String credentialsSource() {
    if (profile.isPresent()) {
      return "profile " + profile.get();
    }
    return environment.variable(KEY_VARIABLE).isPresent()
        ? KEY_VARIABLE
        : environment
            .variable(PROFILE_VARIABLE)
            .map("profile "::concat)
            .orElse("the AWS SDK's settings");
  }

  /** The options to repeat in a command for the same deployment, with a space before each. */
  public String arguments() {
    return (local ? " --local" : "")
        + stack.map(" --stack "::concat).orElse("")
        + region.map(" --region "::concat).orElse("")
        + profile.map(" --profile "::concat).orElse("");
  }

  /** What the options select, for people: {@code local deployment}, {@code stack prod}. */
  public String target() {
    if (local) {
      return "local deployment";
    }
    var tables = environment.variable(Tables.TENANTS_VARIABLE);
    if (stack.isEmpty() && tables.isPresent()) {
      return "table " + tables.get();
    }
    var where = region.or(() -> environment.variable(REGION_VARIABLE));
    return stack.or(() -> environment.variable(STACK_VARIABLE)).map("stack "::concat).orElse("")
        + where.map(name -> " in " + name).orElse("");
  }

  private URI localEndpoint() {
    if (stack.isPresent()) {
      throw CommandException.error("--local and --stack cannot be combined.");
    }
    return URI.create(localUrl(PORT_VARIABLE, DEFAULT_PORT));
  }

  private String localUrl(String variable, String defaultPort) {
    var port = environment.variable(variable).orElse(defaultPort);
    try {
      return "http://127.0.0.1:" + Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw CommandException.error(variable + " is not a port number.");
    }
  }

  private ResourceNames local() {
    return new ResourceNames(
        Tables.LOCAL,
        Optional.of(ResourceNames.LOCAL_SECRET),
        Optional.of(ResourceNames.LOCAL_SIGNING_SECRET),
        environment.variable(BASE_URL_VARIABLE),
        new DeploymentFacts(
            "the local deployment",
            Optional.of(localUrl("CHATGATE_STREAM_PORT", "8081") + "/openai/v1"),
            Optional.of(localUrl("CHATGATE_API_PORT", "8080") + "/openai/v1"),
            Optional.empty(),
            DeploymentFacts.cacheTime(environment.variable(CACHE_VARIABLE)),
            Optional.empty(),
            Optional.empty()));
  }

  private ResourceNames fromVariables() {
    return new ResourceNames(
        new Tables(
            required(Tables.TENANTS_VARIABLE),
            required(Tables.QUOTA_VARIABLE),
            required(Tables.USAGE_VARIABLE)),
        environment.variable(ResourceNames.SECRET_VARIABLE),
        environment.variable(ResourceNames.SIGNING_SECRET_VARIABLE),
        environment.variable(BASE_URL_VARIABLE),
        new DeploymentFacts(
            "the tables that the environment names",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            DeploymentFacts.cacheTime(environment.variable(CACHE_VARIABLE)),
            Optional.empty(),
            Optional.empty()));
  }

  private String required(String variable) {
    return environment
        .variable(variable)
        .orElseThrow(() ->
            CommandException.error(
                variable + " is not set; set it, or use --stack NAME or --local."));
  }
}
