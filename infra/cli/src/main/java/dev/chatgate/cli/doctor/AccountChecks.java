package dev.chatgate.cli.doctor;

import dev.chatgate.cli.deployment.AwsAccount;
import java.util.List;

/** The checks of an account before a deployment. They change nothing. */
final class AccountChecks {
  private static final String CONCURRENCY = "concurrency";

  /** AWS's limit in an account that has a history, and the template's default. */
  private static final long USUAL_LIMIT = 1_000;

  /** What AWS keeps for functions without a reservation. */
  private static final long NEVER_RESERVED = 100;

  private final Findings findings;

  AccountChecks(Findings findings) {
    this.findings = findings;
  }

  /** Without an account, as for the local deployment. */
  void runWithoutAccount() {
    for (var check : List.of("account", CONCURRENCY, "public URL")) {
      findings.notSeen(check, "The local deployment has no AWS account.");
    }
  }

  /**
   * Runs the checks.
   *
   * @throws dev.chatgate.cli.console.CommandException if the credentials belong to no account
   */
  void run(AwsAccount account) {
    var requests = account.requests();
    var caller = Caller.ask(requests);
    findings.ok(
        "account",
        "Account %s in %s (%s), as %s (%s)."
            .formatted(
                caller.account(),
                requests.region(),
                account.regionSource(),
                caller.arn(),
                account.credentialsSource()));
    switch (new LambdaApi(requests).accountLimits()) {
      case Look.Seen<LambdaApi.Limits>(LambdaApi.Limits limits) -> concurrency(limits);
      case Look.NotSeen<LambdaApi.Limits>(String reason) -> findings.notSeen(CONCURRENCY, reason);
    }
    new PublicUrlCheck(requests, findings).run(caller);
  }

  private void concurrency(LambdaApi.Limits limits) {
    var found =
        "All functions of the account may have %,d instances together, %,d of them are unreserved."
            .formatted(limits.concurrent(), limits.unreserved());
    var advice =
        " Deploy with AccountConcurrency=%d and %s."
            .formatted(limits.concurrent(), reservation(limits.unreserved()));
    if (limits.concurrent() >= USUAL_LIMIT && limits.unreserved() > NEVER_RESERVED) {
      findings.ok(CONCURRENCY, found + advice);
    } else {
      findings.warn(
          CONCURRENCY,
          found
              + " A new account often has 10 instead of 1,000; both doors and the reconciler share"
              + " them."
              + advice
              + " Ask AWS for more: Service Quotas, AWS Lambda, \"Concurrent executions\".");
    }
  }

  /** What the template's parameter can be: each of two doors reserves so many. */
  private static String reservation(long unreserved) {
    long reservable = unreserved - NEVER_RESERVED;
    return reservable < 2
        ? "ReservedConcurrency=0, since AWS keeps 100 for functions without a reservation"
        : "ReservedConcurrency=0 or at most %d (%d with one door)"
            .formatted(reservable / 2, reservable);
  }
}
