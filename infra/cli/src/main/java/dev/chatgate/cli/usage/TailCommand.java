package dev.chatgate.cli.usage;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate usage tail}. */
@Command(
    name = "tail",
    description = {
      "Show usage records as they are written, until Ctrl-C.",
      "Each poll reads the records of the last 20 minutes; use --tenant if there are many."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate usage tail --tenant acme")
public final class TailCommand implements Callable<Integer> {
  /** Polls after which the list of tenants is read again. */
  private static final int POLLS_PER_TENANT_LIST = 30;

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Option(
      names = "--tenant",
      paramLabel = "ID",
      split = ",",
      description = "Limit to these tenants (repeatable).")
  private List<TenantId> only = List.of();

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "Time between polls. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--json", description = "Print one line of JSON per record.")
  private boolean json;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public TailCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    if (seconds < 1) {
      throw CommandException.error("--every must be at least 1.");
    }
    try (var deployment = deploymentOptions.open()) {
      var poller = new RecordPoller(deployment.records());
      var tenants = deployment.tenants(only).keySet();
      poller.poll(tenants, deployment.clock().instant());
      environment
          .err()
          .println("Waiting for calls of " + deployment.facts().name() + ". Ctrl-C ends.");
      if (!json) {
        environment.out().println(RecordFormatter.heading());
      }
      for (int poll = 1; waitForNextPoll(); poll++) {
        if (poll % POLLS_PER_TENANT_LIST == 0) {
          tenants = deployment.tenants(only).keySet();
        }
        show(deployment, poller, tenants);
      }
    }
    return ExitCodes.OK;
  }

  /** Returns false once the command is interrupted, or nobody reads its output any more. */
  private boolean waitForNextPoll() {
    if (environment.out().checkError()) {
      return false;
    }
    environment.pause().pause(Duration.ofSeconds(seconds));
    return !Thread.currentThread().isInterrupted();
  }

  private void show(Deployment deployment, RecordPoller poller, Collection<TenantId> tenants) {
    try {
      for (var record : poller.poll(tenants, deployment.clock().instant())) {
        environment
            .out()
            .println(json ? RecordFormatter.json(record) : RecordFormatter.line(record));
      }
    } catch (StoreUnavailableException e) {
      // The next poll tries again.
      environment
          .err()
          .println(AwsErrorMessages.messageFor(e).orElse("The store did not respond."));
    }
  }
}
