package dev.chatgate.cli;

import dev.chatgate.quota.Audit.Difference;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code chatgate audit}. */
@Command(
    name = "audit",
    description = {
      "Holds every counter against the usage records, while calls go on, and names each difference"
          + " on a line of its own. It only reads.",
      "Exit codes: 0 no difference, 1 differences, 2 it could not look."
    })
final class AuditCommand implements Callable<Integer> {
  private static final int RUNS = 2;
  private static final int DIFFERENCES = 1;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init")
  private Chatgate chatgate;

  @Option(
      names = "--reconcile-seconds",
      paramLabel = "SECONDS",
      defaultValue = "${env:CHATGATE_RECONCILE_SECONDS:-60}",
      description =
          "How often the reconciler runs: an entry is overdue two runs after its deadline. Else"
              + " CHATGATE_RECONCILE_SECONDS, else ${DEFAULT-VALUE}.")
  private long reconcileSeconds;

  @Parameters(
      paramLabel = "TENANT",
      arity = "0..*",
      description = "Looks at these only; else at all that are configured or have an item.")
  private List<String> only = List.of();

  @Override
  public Integer call() {
    try (var deployment = chatgate.open()) {
      var tenants = tenants(deployment);
      long differences = audit(deployment, tenants);
      spec.commandLine()
          .getErr()
          .printf("%d tenants audited, %d differences.%n", tenants.size(), differences);
      return differences == 0 ? 0 : DIFFERENCES;
    }
  }

  private Collection<TenantId> tenants(Deployment deployment) {
    return only.isEmpty() ? deployment.tenants() : only.stream().map(TenantId::new).toList();
  }

  private long audit(Deployment deployment, Collection<TenantId> tenants) {
    var audit = deployment.audit(Duration.ofSeconds(RUNS * reconcileSeconds));
    long count = 0;
    for (var tenant : tenants) {
      var differences = audit.differences(tenant);
      differences.forEach(this::print);
      count += differences.size();
    }
    return count;
  }

  private void print(Difference difference) {
    spec.commandLine().getOut().println(difference);
  }
}
