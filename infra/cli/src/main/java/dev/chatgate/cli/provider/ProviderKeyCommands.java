package dev.chatgate.cli.provider;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.console.Terminal;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.deployment.ProviderSecret.Version;
import dev.chatgate.secret.ProviderKey;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate provider-key …}. */
@Command(
    name = "provider-key",
    description = "Set and check the API key that the gateway uses at its provider.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate provider-key check")
public final class ProviderKeyCommands {
  private static final Pattern VALID_KEY = Pattern.compile("[\\x21-\\x7E]{1,4096}");

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public ProviderKeyCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "set",
      description = {
        "Set the provider key. It is read from standard input, or prompted for without echo; it is"
            + " never a command-line argument.",
        "The previous key is kept as AWSPREVIOUS. Running instances use the new key within minutes."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate provider-key set <key.txt")
  int set() {
    try (var deployment = deploymentOptions.open()) {
      var provider = deployment.providerBaseUrl();
      var key = read(provider);
      if (!VALID_KEY.matcher(key.secret()).matches()) {
        throw CommandException.error(
            "Invalid key: it must be 1 to 4096 visible ASCII characters on one line.");
      }
      deployment.providerSecret().put(key);
      environment
          .out()
          .println(
              provider
                  .map(url -> "Set the provider key. The gateway sends it to " + url)
                  .orElse("Set the provider key."));
    }
    return ExitCodes.OK;
  }

  private ProviderKey read(Optional<String> provider) {
    if (!environment.inIsTerminal()) {
      return new ProviderKey(environment.readInput().strip());
    }
    Terminal terminal =
        environment
            .terminal()
            .get()
            .orElseThrow(() ->
                CommandException.error(
                    "Cannot prompt without echo; pass the key on standard input."));
    var prompt = provider.map(url -> "Key for " + url + ": ").orElse("Provider key: ");
    return new ProviderKey(terminal.readSecret(prompt).strip());
  }

  @Command(
      name = "check",
      description = {
        "Check that the provider key is set and that the provider accepts it. Show the age of its"
            + " versions, never the key.",
        "Exit codes: 0 set and not rejected, 1 missing or rejected, 2 could not be checked."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate provider-key check --base-url https://provider.example/v1")
  int check(
      @Option(
              names = "--base-url",
              paramLabel = "URL",
              description =
                  "Provider base URL to check the key at. Default: the stack's ProviderBaseUrl, or"
                      + " UPSTREAM_BASE_URL.")
          Optional<String> baseUrl,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var versions = deployment.providerSecret().versions();
      var key =
          versions.stream().filter(Version::isCurrent).flatMap(v -> v.key().stream()).findFirst();
      if (key.isEmpty()) {
        throw CommandException.negative(
            "No provider key is set. To set it: chatgate provider-key set");
      }
      var provider = baseUrl.or(deployment::providerBaseUrl);
      var result =
          provider
              .map(url -> new ProviderKeyCheck(url).check(key.get()))
              .orElseGet(KeyCheckResult.NotChecked::new);
      print(versions, provider, result, json);
      return exitCode(result);
    }
  }

  private void print(
      List<Version> versions, Optional<String> provider, KeyCheckResult result, boolean json) {
    environment
        .out()
        .print(
            json
                ? ProviderKeyFormatter.json(versions, provider, result)
                : ProviderKeyFormatter.table(
                    versions, provider, result, environment.clock().instant()));
  }

  private static int exitCode(KeyCheckResult result) {
    return switch (result) {
      case KeyCheckResult.Accepted _, KeyCheckResult.NotChecked _ -> ExitCodes.OK;
      case KeyCheckResult.Rejected _ -> ExitCodes.NEGATIVE;
      case KeyCheckResult.Inconclusive _, KeyCheckResult.Unreachable _ -> ExitCodes.ERROR;
    };
  }
}
