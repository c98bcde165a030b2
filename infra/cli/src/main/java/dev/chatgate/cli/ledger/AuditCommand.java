package dev.chatgate.cli.ledger;

import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.Json;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.quota.audit.Audit.Difference;
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
      "Holds every counter against the usage records, while calls go on, and names each difference"
          + " on a line of its own. It only reads.",
      "Ends with 0 if there is no difference, 1 if there are, 2 if it could not look or there is no"
          + " such tenant."
    })
public final class AuditCommand implements Callable<Integer> {
  private static final int RUNS = 2;

  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  @Option(
      names = "--reconcile-seconds",
      paramLabel = "SECONDS",
      defaultValue = "${env:CHATGATE_RECONCILE_SECONDS:-60}",
      description =
          "How often the reconciler runs: an entry is overdue two runs after its deadline. Else"
              + " CHATGATE_RECONCILE_SECONDS, else ${DEFAULT-VALUE}.")
  private long reconcileSeconds;

  @Option(names = "--json", description = "The differences as a JSON list.")
  private boolean json;

  @Parameters(
      paramLabel = "TENANT",
      arity = "0..*",
      description = "Looks at these only; else at all that are configured or have an item.")
  private List<TenantId> only = List.of();

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public AuditCommand(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Override
  public Integer call() {
    try (var deployment = target.open()) {
      var audit = deployment.audit(Duration.ofSeconds(RUNS * reconcileSeconds));
      var tenants = only.isEmpty() ? deployment.tenants(only).keySet() : known(deployment);
      var all = new ArrayList<Difference>();
      for (var tenant : tenants) {
        var differences = audit.differences(tenant);
        if (!json) {
          differences.forEach(this::print);
        }
        all.addAll(differences);
      }
      if (json) {
        shell.out().print(json(all));
      }
      shell
          .err()
          .printf(
              "%s audited, %s.%n",
              Amounts.count(tenants.size(), "tenant"), Amounts.count(all.size(), "difference"));
      return all.isEmpty() ? ExitCodes.OK : ExitCodes.NO;
    }
  }

  /** A misspelt name must not pass for a tenant without differences. */
  private Set<TenantId> known(Deployment deployment) {
    for (var tenant : only) {
      if (!deployment.knows(tenant)) {
        throw RefusedException.cannotRun(
            "There is no tenant " + tenant + ": no configuration, counters or records.");
      }
    }
    return new LinkedHashSet<>(only);
  }

  private void print(Difference difference) {
    shell.out().println(TextTable.printable(difference.toString()));
  }

  private static String json(List<Difference> differences) {
    return Json.page(json -> {
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
