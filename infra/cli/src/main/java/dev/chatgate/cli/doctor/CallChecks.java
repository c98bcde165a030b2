package dev.chatgate.cli.doctor;

import dev.chatgate.RequestId;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.trial.ChatRequest;
import dev.chatgate.cli.trial.DoorCall;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.usage.UsageRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A chat call of the trial tenant through each door, its usage record, and the tenant's audit. */
final class CallChecks {
  private static final String PROMPT = "Count from one to ten, in words.";
  private static final int MAX_TOKENS = 100;

  /** A stream is settled after its last byte; a door in trouble leaves it to the reconciler. */
  private static final int MAX_LOOKS = 30;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration AROUND_NOW = Duration.ofHours(1);

  /** An audit allows for calls of the last 5 s, and so would not see a difference of these. */
  private static final Duration BEFORE_AUDIT = Duration.ofSeconds(6);

  /** Two intervals of the reconciler. */
  private static final Duration OVERDUE = Duration.ofMinutes(2);

  /** No provider makes an answer of some words faster. */
  private static final Duration MIN_SPREAD = Duration.ofMillis(10);

  private final Deployment deployment;
  private final CommandEnvironment environment;
  private final Findings findings;
  private final TrialTenant tenant;
  private final String model;
  private final String arguments;
  private boolean isPriceChecked;

  /**
   * @param tenant makes the calls
   * @param model the model that is called
   * @param arguments the options to repeat in a command that is advised
   */
  CallChecks(
      Deployment deployment,
      CommandEnvironment environment,
      Findings findings,
      TrialTenant tenant,
      String model,
      String arguments) {
    this.deployment = deployment;
    this.environment = environment;
    this.findings = findings;
    this.tenant = tenant;
    this.model = model;
    this.arguments = arguments;
  }

  /**
   * Makes the calls and audits the tenant.
   *
   * @throws CommandException if the command is interrupted
   */
  void run(List<CheckedDoor> doors) {
    doors.forEach(this::call);
    audit();
  }

  private void call(CheckedDoor door) {
    var pieces = new Pieces(environment.clock());
    DoorCall.Outcome outcome;
    try {
      outcome =
          new DoorCall(environment.clock(), pieces::take)
              .make(
                  door.url(),
                  tenant.secret(),
                  Optional.empty(),
                  ChatRequest.body(model, PROMPT, MAX_TOKENS, door.isStreaming()),
                  door.isStreaming());
    } catch (CommandException e) {
      failIfInterrupted();
      findings.fail(
          door.name(),
          e.getMessage() + " Is the host reachable from here, and the deployment complete?");
      return;
    }
    failIfInterrupted();
    if (!outcome.isOk()) {
      findings.fail(door.name(), refusal(outcome));
      return;
    }
    findings.ok(
        door.name(),
        "HTTP %d after %,d ms%s."
            .formatted(
                outcome.status(),
                outcome.duration().toMillis(),
                door.isStreaming() ? "" : ", in one piece as designed"));
    if (door.isStreaming()) {
      pieces(door, pieces);
    }
    usage(door, outcome);
  }

  private String refusal(DoorCall.Outcome outcome) {
    var said =
        "HTTP %d %s. Request ID: %s."
            .formatted(outcome.status(), outcome.reason(), outcome.requestId());
    return said + advice(outcome.answer().error().orElse("").replaceFirst("(?s):.*", ""));
  }

  private String advice(String code) {
    return switch (code) {
      case "upstream_auth" ->
          " The provider refuses the key, or none is set: chatgate provider-key check" + arguments;
      case "model_not_found", "model_not_allowed" ->
          " Name a model that the provider has: --model MODEL.";
      case "upstream_error",
          "upstream_incomplete",
          "upstream_invalid_response",
          "upstream_overloaded",
          "upstream_timeout" ->
          " Look at the provider's status page, and at the stack's ProviderBaseUrl.";
      case "quota_store_unavailable" -> " Look at the tables' throttling, and at the roles.";
      case "edge_required" ->
          " The deployment takes calls through its CDN only: name the CDN's base URL with --url.";
      case "identity_unavailable" -> " The functions cannot read the signing secret.";
      case "" -> " Look into the log group of the door's function.";
      default -> "";
    };
  }

  private void pieces(CheckedDoor door, Pieces pieces) {
    var check = door.check("pieces");
    var found =
        "%s of text within %,d ms"
            .formatted(Amounts.count(pieces.count(), "piece"), pieces.spread().toMillis());
    if (pieces.count() > 1 && pieces.spread().compareTo(MIN_SPREAD) >= 0) {
      findings.ok(check, found + ": the answer comes as it is made.");
    } else {
      findings.warn(
          check,
          found
              + ": the answer came at once. Either the provider sends it so, or something between"
              + " here and the function collects it: a proxy, or a function URL whose InvokeMode is"
              + " not RESPONSE_STREAM.");
    }
  }

  private void usage(CheckedDoor door, DoorCall.Outcome outcome) {
    var check = door.check("usage");
    try {
      var record = await(outcome.requestId());
      if (record.isEmpty()) {
        findings.fail(
            check,
            ("The call has no usage record after %d s. Look for request %s in the log of the door's"
                    + " function.")
                .formatted(MAX_LOOKS, outcome.requestId()));
        return;
      }
      judge(check, record.get());
    } catch (StoreUnavailableException e) {
      failIfInterrupted();
      findings.fail(check, message(e));
    }
  }

  private void judge(String check, UsageRecord record) {
    long tokens = record.charged().tokens();
    if (record.kind() != UsageRecord.Kind.CALL) {
      findings.fail(check, "The call died before it was settled, and was charged its reserve.");
    } else if (tokens <= 0) {
      findings.fail(check, "The usage record has no tokens: the provider reported none.");
    } else {
      findings.ok(check, "The usage record has " + Amounts.count(tokens, "token") + ".");
      price(record);
    }
  }

  private void price(UsageRecord record) {
    if (isPriceChecked) {
      return;
    }
    isPriceChecked = true;
    if (record.call().flatMap(UsageRecord.Call::price).isPresent()) {
      findings.ok("price", "The call was charged by the price of " + model + ".");
    } else {
      findings.warn(
          "price",
          ("%s has no price: its calls cost nothing, and a tenant with a limit of money cannot use"
                  + " it. To set one: chatgate price set%s %s --prompt USD --completion USD")
              .formatted(model, arguments, model));
    }
  }

  private Optional<UsageRecord> await(String requestId) {
    var found = find(requestId);
    for (int look = 0; look < MAX_LOOKS && found.isEmpty(); look++) {
      environment.pause().pause(BETWEEN_LOOKS);
      failIfInterrupted();
      found = find(requestId);
    }
    return found;
  }

  private Optional<UsageRecord> find(String requestId) {
    var id = requestId.substring(Math.max(0, requestId.length() - RequestId.RESERVATION_ID_LENGTH));
    var found = new ArrayList<UsageRecord>();
    var now = deployment.clock().instant();
    deployment
        .records()
        .forEach(
            tenant.id(),
            now.minus(AROUND_NOW),
            now.plus(AROUND_NOW),
            record -> {
              if (record.counts() && record.key().id().equals(id)) {
                found.add(record);
              }
            });
    return found.stream().findFirst();
  }

  private void audit() {
    environment.pause().pause(BEFORE_AUDIT);
    failIfInterrupted();
    try {
      var differences = deployment.audit(OVERDUE).differences(tenant.id());
      for (var difference : differences) {
        findings.fail("audit", difference.toString());
      }
      if (!differences.isEmpty()) {
        return;
      }
      int held = deployment.quotaItems().read(QuotaKey.of(tenant.id())).entries().size();
      if (held == 0) {
        findings.ok("audit", "The counters of the trial tenant match its records.");
      } else {
        findings.warn(
            "audit",
            "%s of the trial tenant: not settled yet. The reconciler settles what died."
                .formatted(Amounts.count(held, "call")));
      }
    } catch (StoreUnavailableException e) {
      failIfInterrupted();
      findings.fail("audit", message(e));
    }
  }

  private static String message(StoreUnavailableException failure) {
    return AwsErrorMessages.messageFor(failure).orElse("The store did not answer.");
  }

  private static void failIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw CommandException.error("Interrupted.");
    }
  }
}
