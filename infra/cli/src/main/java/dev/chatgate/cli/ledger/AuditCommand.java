package dev.chatgate.cli.ledger;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.quota.audit.AuditDifference;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate audit}. */
@Command(
    name = "audit",
    description = {
      "Compare all counters with the usage records and print one line per difference. It only"
          + " reads, and calls may continue meanwhile.",
      "If a tenant has tiers, the counters of its end users are compared too. A call that is left at"
          + " an end user is listed, but is no difference: it was never admitted, and is released at"
          + " the end user's next call.",
      "It reads every call record of a tenant, with tiers three times: about $0.03 per million"
          + " records each time.",
      "Exit codes: 0 no difference, 1 differences, 2 error or unknown tenant."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate audit acme")
public final class AuditCommand implements Callable<Integer> {
  /** Reconciler intervals after which a reservation past its deadline counts as overdue. */
  private static final int OVERDUE_INTERVALS = 2;

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Option(
      names = "--reconcile-seconds",
      paramLabel = "SECONDS",
      defaultValue = "${env:CHATGATE_RECONCILE_SECONDS:-60}",
      description =
          "Interval of the reconciler. A reservation counts as overdue two intervals after its"
              + " deadline. Default: CHATGATE_RECONCILE_SECONDS, else 60.")
  private long reconcileSeconds;

  @Option(names = "--json", description = "Print the differences as a JSON list.")
  private boolean json;

  @Parameters(
      paramLabel = "TENANT",
      arity = "0..*",
      description = "Limit to these tenants. Default: all that are configured or have counters.")
  private List<TenantId> only = List.of();

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public AuditCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    try (var deployment = deploymentOptions.open()) {
      var audit = deployment.audit(Duration.ofSeconds(OVERDUE_INTERVALS * reconcileSeconds));
      var tenants = only.isEmpty() ? deployment.tenants(only).keySet() : existing(deployment);
      var all = new ArrayList<AuditDifference>();
      for (var tenant : tenants) {
        var differences = new ArrayList<>(audit.differences(tenant));
        if (hasTiers(deployment, tenant)) {
          differences.addAll(audit.endUserDifferences(tenant));
        }
        if (!json) {
          differences.forEach(this::print);
        }
        all.addAll(differences);
      }
      if (json) {
        environment.out().print(json(all));
      }
      return report(tenants.size(), all);
    }
  }

  private static boolean hasTiers(Deployment deployment, TenantId tenant) {
    return deployment
        .tenants()
        .find(tenant)
        .filter(found -> !found.endUserTiers().isEmpty())
        .isPresent();
  }

  private int report(int tenants, List<AuditDifference> all) {
    long left =
        all.stream().filter(found -> found.kind() == AuditDifference.Kind.LEFT_AT_END_USER).count();
    long differences = all.size() - left;
    environment
        .err()
        .println(
            "Audited %s: %s%s."
                .formatted(
                    Amounts.count(tenants, "tenant"),
                    Amounts.count(differences, "difference"),
                    left == 0 ? "" : ", " + Amounts.count(left, "call") + " left at end users"));
    return differences == 0 ? ExitCodes.OK : ExitCodes.NEGATIVE;
  }

  /** An unknown tenant is an error: without records it would have no differences either. */
  private Set<TenantId> existing(Deployment deployment) {
    for (var tenant : only) {
      if (!deployment.exists(tenant)) {
        throw CommandException.error(
            "Tenant " + tenant + " does not exist: it has no configuration, counters or records.");
      }
    }
    return new LinkedHashSet<>(only);
  }

  private void print(AuditDifference difference) {
    environment.out().println(TextTable.printable(difference.toString()));
  }

  private static String json(List<AuditDifference> differences) {
    return JsonOutput.pretty(json -> {
      json.writeStartArray();
      for (var difference : differences) {
        json.writeStartObject();
        json.writeStringField("tenant", difference.tenant().value());
        json.writeStringField("kind", difference.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringField("subject", difference.subject());
        json.writeStringField("figures", difference.figures());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }
}
