package dev.chatgate.cli.signing;

import dev.chatgate.admin.SigningSecretWriter;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningSecret;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate edge-secret …}. */
@Command(
    name = "edge-secret",
    description =
        "Show and replace the secret that a CDN in front of the gateway sends with each request.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate edge-secret show")
public final class EdgeSecretCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public EdgeSecretCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "show",
      description = {
        "Show the edge secrets that the gateway accepts, oldest first. Who knows one can reach the"
            + " gateway without the CDN.",
        "Exit codes: 0 there is one, 1 none is stored, 2 error."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate edge-secret show --json")
  int show(@Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var secrets = deployment.signingSecret().read().edgeSecrets();
      if (secrets.isEmpty()) {
        throw CommandException.negative(
            "No edge secret is stored. To add one: chatgate edge-secret rotate");
      }
      environment
          .out()
          .print(json ? EdgeSecretFormatter.json(secrets) : EdgeSecretFormatter.table(secrets));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "rotate",
      description = {
        "Add an edge secret and print it. The one before it is still accepted, so that no request"
            + " fails while the CDN changes. If two are accepted already, the older one is dropped.",
        "Running instances know the new one within 10 minutes: let the CDN send it from then on."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate edge-secret rotate")
  int rotate(@Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var secret = deployment.signingSecret();
      var before = secret.read().edgeSecrets();
      if (before.size() == SigningSecret.MAX_EDGE_SECRETS) {
        environment.confirm(
            yes,
            "Two edge secrets are accepted. Add another and drop the older one? Requests with the"
                + " older one are refused within 10 minutes.");
      }
      var after = secret.change(writer()::addEdgeSecret).edgeSecrets();
      environment.out().println(after.getLast().value());
      environment.err().println(nextSteps(before));
    }
    return ExitCodes.OK;
  }

  private static String nextSteps(List<EdgeSecret> before) {
    return before.isEmpty()
        ? "Added the first edge secret. Let the CDN send it in the header x-chatgate-edge. After 10"
            + " minutes every running instance knows it; then deploy with EdgeSecret=on."
        : "Added an edge secret; the one before it is still accepted. After 10 minutes every running"
            + " instance knows it; then let the CDN send it in the header x-chatgate-edge. Once all"
            + " of the CDN does: chatgate edge-secret drop-old";
  }

  @Command(
      name = "drop-old",
      description = {
        "Drop the older of two edge secrets. Do that once all of the CDN sends the newer one.",
        "Exit codes: 0 dropped, 1 there is no older one, 2 error."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate edge-secret drop-old")
  int dropOld(@Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var secret = deployment.signingSecret();
      if (secret.read().edgeSecrets().size() < SigningSecret.MAX_EDGE_SECRETS) {
        throw CommandException.negative("There is no older edge secret.");
      }
      environment.confirm(
          yes, "Drop the older edge secret? Requests with it are refused within 10 minutes.");
      var _ = secret.change(writer()::dropOldEdgeSecret);
      environment
          .out()
          .println("Dropped the older edge secret. Instances refuse it within 10 minutes.");
    }
    return ExitCodes.OK;
  }

  private SigningSecretWriter writer() {
    return new SigningSecretWriter(environment.random());
  }
}
