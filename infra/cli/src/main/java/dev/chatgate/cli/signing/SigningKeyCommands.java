package dev.chatgate.cli.signing;

import dev.chatgate.admin.SigningSecretWriter;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.deployment.SigningSecretAccess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate signing-key …}. */
@Command(
    name = "signing-key",
    description = "List and replace the keys that sign client secrets.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate signing-key list")
public final class SigningKeyCommands {
  /**
   * How long a new key waits before it signs. Instances keep the secret in memory for up to 10
   * minutes, so each of them has the key when the first client secret is signed with it.
   */
  private static final Duration START_DELAY = Duration.ofMinutes(15);

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public SigningKeyCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "list",
      description = {
        "List the signing keys, oldest first, without the keys themselves.",
        "States: signs - new client secrets are signed with it; verifies - client secrets that it"
            + " signed are still accepted; waits - it does not sign yet."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate signing-key list --json")
  int list(@Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var secret = deployment.signingSecret().read();
      var now = environment.clock().instant();
      environment
          .out()
          .print(
              json
                  ? SigningKeyFormatter.json(secret, now)
                  : SigningKeyFormatter.table(secret, now));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "rotate",
      description = {
        "Add a signing key. It signs new client secrets from 15 minutes later on, when every"
            + " running instance has it. Client secrets in use stay valid.",
        "With --now the new key replaces all others at once: every client secret in use ends."
            + " Running instances notice within 10 minutes; until then some still accept and mint"
            + " client secrets with the old keys."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate signing-key rotate")
  int rotate(
      @Option(names = "--now", description = "End every client secret in use.") boolean atOnce,
      @Option(names = "--yes", description = HelpText.YES) boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var secret = deployment.signingSecret();
      var message = atOnce ? replace(secret, yes) : add(secret);
      environment.out().println(message);
    }
    return ExitCodes.OK;
  }

  private String add(SigningSecretAccess secret) {
    var now = now();
    var from = now.plus(START_DELAY);
    var added = secret.change(before -> writer().rotate(before, now, from)).keys().getLast();
    return "Added signing key %s. It signs from %s on. Client secrets in use stay valid."
        .formatted(added.kid(), from);
  }

  private String replace(SigningSecretAccess secret, boolean yes) {
    environment.confirm(yes, "Replace the signing key now and end every client secret in use?");
    var now = now();
    var added = secret.change(before -> writer().rotateNow(before, now)).keys().getLast();
    return ("Replaced the signing key; the new one is %s. Every client secret in use ends as soon"
            + " as the running instances notice, within 10 minutes.")
        .formatted(added.kid());
  }

  private Instant now() {
    return environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private SigningSecretWriter writer() {
    return new SigningSecretWriter(environment.random());
  }
}
