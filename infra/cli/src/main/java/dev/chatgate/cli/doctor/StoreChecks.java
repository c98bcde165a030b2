package dev.chatgate.cli.doctor;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.ProviderSecret;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;

/** The checks of what is stored: the provider's key, the reconciler's work, left tenants. */
final class StoreChecks {
  private static final String PROVIDER_KEY = "provider key";
  private static final String RECONCILER = "reconciler";
  private static final String LEFTOVERS = "leftovers";

  /** Items that are looked at; a deployment with more has traffic, and its alarms. */
  private static final int MAX_ITEMS = 50;

  /** The reconciler runs every minute, 90 s after a call's deadline at the earliest. */
  private static final Duration SILENT_AFTER = Duration.ofMinutes(10);

  private final Deployment deployment;
  private final Findings findings;
  private final String arguments;

  /**
   * @param arguments the options to repeat in a command that is advised
   */
  StoreChecks(Deployment deployment, Findings findings, String arguments) {
    this.deployment = deployment;
    this.findings = findings;
    this.arguments = arguments;
  }

  /**
   * Whether the provider's key is set. It is not read.
   *
   * @return false if it is certain that there is none, so that calls cannot succeed
   */
  boolean hasProviderKey() {
    try {
      var isSet = deployment.findProviderSecret().flatMap(ProviderSecret::isSet);
      if (isSet.isEmpty()) {
        findings.notSeen(
            PROVIDER_KEY, "Whether the key is set is not known; the calls below show it.");
        return true;
      }
      if (isSet.get()) {
        findings.ok(PROVIDER_KEY, "The provider's key is set.");
        return true;
      }
      findings.fail(
          PROVIDER_KEY,
          "No provider key is set, and no call is made. To set it: chatgate provider-key set"
              + arguments);
      return false;
    } catch (SdkException e) {
      findings.notSeen(
          PROVIDER_KEY, AwsErrorMessages.messageFor(e).orElse("The secret cannot be read."));
      return true;
    }
  }

  /** Whether calls that died wait for a reconciler that does not run. */
  void reconciler() {
    try {
      var due = deployment.quotaItems().due();
      var silentSince = deployment.clock().instant().minus(SILENT_AFTER);
      long overdue =
          due.stream()
              .limit(MAX_ITEMS)
              .flatMap(key -> deployment.quotaItems().read(key).entries().values().stream())
              .filter(entry -> entry.deadline().isBefore(silentSince))
              .count();
      if (overdue > 0) {
        findings.fail(
            RECONCILER,
            ("%s ended more than %d minutes ago and not settled: the reconciler does not run, or does"
                    + " not finish. Look at its log and at the rule of its schedule. To settle them"
                    + " from here: chatgate reconcile%s")
                .formatted(Amounts.count(overdue, "call"), SILENT_AFTER.toMinutes(), arguments));
      } else if (due.isEmpty()) {
        findings.notSeen(
            RECONCILER,
            "No call waits for it, so whether it runs is not known here. ReconcilerSilentAlarm"
                + " watches it.");
      } else {
        findings.ok(
            RECONCILER,
            "No call waits longer than " + SILENT_AFTER.toMinutes() + " minutes for it.");
      }
    } catch (StoreUnavailableException e) {
      findings.notSeen(RECONCILER, message(e));
    }
  }

  /** Whether an earlier run left its tenant. */
  void leftovers(TenantId current) {
    try {
      var left = leftTenants().stream().filter(id -> !id.equals(current)).toList();
      if (left.isEmpty()) {
        findings.ok(LEFTOVERS, "No tenant of another run is left.");
      } else {
        findings.warn(
            LEFTOVERS,
            "Tenants of other runs: %s. If none of these runs now: chatgate doctor --remove-leftovers%s"
                .formatted(names(left), arguments));
      }
    } catch (StoreUnavailableException e) {
      findings.notSeen(LEFTOVERS, message(e));
    }
  }

  /**
   * Removes the tenants that earlier runs left.
   *
   * @throws StoreUnavailableException if they cannot be listed
   */
  void removeLeftovers() {
    var left = leftTenants();
    if (left.isEmpty()) {
      findings.ok(LEFTOVERS, "No tenant of another run is left.");
    }
    for (var id : left) {
      try {
        var _ = deployment.tenants().delete(id);
        findings.ok(LEFTOVERS, "Removed tenant " + id + ".");
      } catch (StoreUnavailableException e) {
        findings.fail(LEFTOVERS, "Tenant " + id + " could not be removed. " + message(e));
      }
    }
  }

  private List<TenantId> leftTenants() {
    return deployment.tenants().all().stream().map(Tenant::id).filter(TrialTenant::isOne).toList();
  }

  private static String names(List<TenantId> ids) {
    return String.join(", ", ids.stream().map(TenantId::value).sorted().toList());
  }

  private static String message(StoreUnavailableException failure) {
    return AwsErrorMessages.messageFor(failure).orElse("The store did not answer.");
  }
}
