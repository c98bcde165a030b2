package dev.chatgate.cli.doctor;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentFacts;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.trial.DoorUrl;
import dev.chatgate.usage.ModelPrice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate doctor}. */
@Command(
    name = "doctor",
    description = {
      "Check an AWS account before a deployment (--before), or a deployment after it.",
      "After a deployment it makes a tenant of its own, calls a model through each door, checks the"
          + " usage records and the counters, and removes the tenant. Each call costs some tokens at"
          + " the provider. Records and counters stay, as for every deleted tenant.",
      "Each check is one line: ok, warn, FAIL, or not seen, which says nothing about whether it"
          + " works.",
      "Exit codes: 0 nothing failed, 1 a check failed, 2 the checks could not begin."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = {
      "  chatgate doctor --before --region eu-central-1",
      "  chatgate doctor --stack chatgate-dev --model fast"
    })
public final class DoctorCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Option(
      names = "--before",
      description =
          "Check the account instead: region, credentials, concurrency, and whether policies forbid"
              + " public function URLs. Needs no stack and changes nothing.")
  private boolean before;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "Model to call. Default: the first in the price list.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Base URL to call instead of the doors' own, such as that of a CDN in front of them; it ends"
              + " with /openai/v1, and streams.")
  private Optional<String> baseUrl = Optional.empty();

  @Option(
      names = "--fix",
      description =
          "Set the runtime updates of the versions behind the doors to FunctionUpdate, as the"
              + " template has them.")
  private boolean fix;

  @Option(
      names = "--remove-leftovers",
      description =
          "Only remove the tenants that interrupted runs left. Do not use it while another run goes"
              + " on.")
  private boolean removeLeftovers;

  @Option(names = "--json", description = "Print the checks as a JSON list at the end.")
  private boolean json;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public DoctorCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    if (before && (model.isPresent() || baseUrl.isPresent() || fix || removeLeftovers)) {
      throw CommandException.error(
          "--before cannot be combined with --model, --url, --fix or --remove-leftovers.");
    }
    var findings = new Findings(this::show);
    if (before) {
      account(findings);
    } else {
      deployment(findings);
    }
    if (json) {
      environment.out().print(findings.json());
    }
    return findings.hasFailure() ? ExitCodes.NEGATIVE : ExitCodes.OK;
  }

  private void show(Finding finding) {
    if (!json) {
      environment.out().println(Findings.line(finding));
      environment.out().flush();
    }
  }

  private void account(Findings findings) {
    var checks = new AccountChecks(findings);
    var selected = deploymentOptions.account();
    if (selected.isEmpty()) {
      checks.runWithoutAccount();
      return;
    }
    try (var account = selected.get()) {
      checks.run(account);
    }
  }

  private void deployment(Findings findings) {
    try (var deployment = deploymentOptions.open()) {
      var arguments = deploymentOptions.arguments();
      var store = new StoreChecks(deployment, findings, arguments);
      if (removeLeftovers) {
        store.removeLeftovers();
        return;
      }
      var doors = doors(deployment.facts());
      var called = model.or(() -> firstPriced(deployment)).orElseThrow(DoctorCommand::noModel);
      new FunctionChecks(deployment, findings, fix, arguments).run(doors);
      store.reconciler();
      if (store.hasProviderKey()) {
        calls(deployment, findings, store, instead().orElse(doors), called);
      }
    }
  }

  private void calls(
      Deployment deployment,
      Findings findings,
      StoreChecks store,
      List<CheckedDoor> doors,
      String called) {
    var arguments = deploymentOptions.arguments();
    var tenant = TrialTenant.create(deployment, environment, called, arguments);
    try {
      new CallChecks(deployment, environment, findings, tenant, called, arguments).run(doors);
    } finally {
      tenant
          .remove()
          .ifPresentOrElse(
              advice -> findings.fail("trial tenant", advice),
              () -> findings.ok("trial tenant", "Tenant " + tenant.id() + " is removed."));
    }
    store.leftovers(tenant.id());
  }

  private Optional<List<CheckedDoor>> instead() {
    return baseUrl.map(url -> List.of(new CheckedDoor("given URL", DoorUrl.ofChat(url), "", true)));
  }

  private static List<CheckedDoor> doors(DeploymentFacts facts) {
    var doors = new ArrayList<CheckedDoor>();
    facts
        .streamUrl()
        .ifPresent(url ->
            doors.add(
                new CheckedDoor("streaming door", DoorUrl.ofChat(url), "StreamFunction", true)));
    facts
        .apiUrl()
        .ifPresent(url ->
            doors.add(new CheckedDoor("API door", DoorUrl.ofChat(url), "ApiFunction", false)));
    if (doors.isEmpty()) {
      throw CommandException.error("The URL of no door is known: use --stack NAME or --local.");
    }
    return doors;
  }

  private static Optional<String> firstPriced(Deployment deployment) {
    return deployment.prices().stream().map(ModelPrice::model).sorted().findFirst();
  }

  private static CommandException noModel() {
    return CommandException.error("The price list is empty: use --model MODEL.");
  }
}
