package dev.chatgate.cli.info;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.deployment.ProviderSecret;
import dev.chatgate.tenant.TenantStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate info}. */
@Command(
    name = "info",
    description = {
      "Show a deployment: the base URLs of its doors, its provider, whether the provider key is set,"
          + " the number of tenants, and its tables and secrets.",
      "It reads no key. It scans the whole Tenants table."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate info --stack chatgate-dev")
public final class InfoCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public InfoCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    try (var deployment = deploymentOptions.open()) {
      var summary = summary(deployment);
      environment.out().print(json ? summary.json() : summary.text());
    }
    return ExitCodes.OK;
  }

  private static DeploymentSummary summary(Deployment deployment) {
    var tenants = deployment.tenants().all();
    return new DeploymentSummary(
        deployment.facts(),
        deployment.providerBaseUrl(),
        deployment.findProviderSecret().flatMap(ProviderSecret::isSet),
        tenants.size(),
        tenants.stream().filter(tenant -> tenant.status() == TenantStatus.SUSPENDED).count(),
        deployment.storeNames());
  }
}
