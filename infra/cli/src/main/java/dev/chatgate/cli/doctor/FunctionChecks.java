package dev.chatgate.cli.doctor;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.StackResource;
import java.util.List;
import java.util.Optional;

/** The checks of the functions behind the doors: what their alias names, and runtime updates. */
final class FunctionChecks {
  private static final String ALIAS = "live";

  /** The template's {@code RuntimeManagementConfig} of the doors. */
  private static final String WANTED = "FunctionUpdate";

  private final Deployment deployment;
  private final Findings findings;
  private final boolean fix;
  private final String arguments;

  /**
   * @param fix whether to change a wrong setting
   * @param arguments the options to repeat in a command that is advised
   */
  FunctionChecks(Deployment deployment, Findings findings, boolean fix, String arguments) {
    this.deployment = deployment;
    this.findings = findings;
    this.fix = fix;
    this.arguments = arguments;
  }

  void run(List<CheckedDoor> doors) {
    var requests = deployment.signedRequests();
    if (requests.isEmpty()) {
      doors.forEach(
          door -> notSeen(door, "Versions and aliases exist in a stack only; none is selected."));
      return;
    }
    List<StackResource> resources;
    try {
      resources = deployment.stackResources().orElse(List.of());
    } catch (CommandException e) {
      doors.forEach(
          door -> notSeen(door, "The stack's resources cannot be read. " + e.getMessage()));
      return;
    }
    var lambda = new LambdaApi(requests.get());
    for (var door : doors) {
      var function =
          resources.stream()
              .filter(resource -> resource.logicalId().equals(door.functionId()))
              .map(StackResource::physicalId)
              .findFirst();
      if (function.isPresent()) {
        check(door, lambda, function.get(), versionOf(resources, function.get()));
      } else {
        notSeen(door, "The stack's list of resources has no " + door.functionId() + ".");
      }
    }
  }

  private void notSeen(CheckedDoor door, String reason) {
    findings.notSeen(door.check("alias"), reason);
    findings.notSeen(door.check("runtime"), reason);
  }

  /** The version that the last deployment published; absent if the stack does not name one. */
  private static Optional<String> versionOf(List<StackResource> resources, String function) {
    var versions =
        resources.stream()
            .filter(resource -> resource.type().equals("AWS::Lambda::Version"))
            .map(StackResource::physicalId)
            .filter(arn -> arn.contains(":function:" + function + ":"))
            .map(arn -> arn.substring(arn.lastIndexOf(':') + 1))
            .toList();
    return versions.size() == 1 ? Optional.of(versions.getFirst()) : Optional.empty();
  }

  private void check(
      CheckedDoor door, LambdaApi lambda, String function, Optional<String> published) {
    switch (lambda.alias(function, ALIAS)) {
      case Look.NotSeen<LambdaApi.Alias>(String reason) -> notSeen(door, reason);
      case Look.Seen<LambdaApi.Alias>(LambdaApi.Alias alias) -> {
        alias(door, alias, published);
        runtime(door, lambda, function, alias.version());
      }
    }
  }

  private void alias(CheckedDoor door, LambdaApi.Alias alias, Optional<String> published) {
    var check = door.check("alias");
    if (alias.isShifting()) {
      findings.warn(
          check,
          "A rollout is going on: version %s and another one get calls. Run this again after it."
              .formatted(alias.version()));
    } else if (published.isEmpty()) {
      findings.notSeen(
          check,
          "The alias %s is version %s; which one the stack has is not known."
              .formatted(ALIAS, alias.version()));
    } else if (published.get().equals(alias.version())) {
      findings.ok(
          check, "The alias %s is version %s, the stack's.".formatted(ALIAS, alias.version()));
    } else {
      findings.warn(
          check,
          ("The alias %s is version %s, but the stack has version %s. Move it back before the next"
                  + " deployment, which fails otherwise.")
              .formatted(ALIAS, alias.version(), published.get()));
    }
  }

  private void runtime(CheckedDoor door, LambdaApi lambda, String function, String version) {
    var check = door.check("runtime");
    switch (lambda.runtimeUpdates(function, version)) {
      case Look.NotSeen<String>(String reason) -> findings.notSeen(check, reason);
      case Look.Seen<String>(String mode) -> {
        if (mode.equals(WANTED)) {
          findings.ok(
              check, "Version " + version + " gets a new Java runtime by a deployment only.");
        } else if (fix) {
          set(check, lambda, function, version);
        } else {
          findings.warn(
              check,
              ("Version %s has %s instead of %s: AWS may change its Java runtime without a"
                      + " rollout. To set it: chatgate doctor --fix%s")
                  .formatted(version, mode, WANTED, arguments));
        }
      }
    }
  }

  private void set(String check, LambdaApi lambda, String function, String version) {
    switch (lambda.setRuntimeUpdates(function, version, WANTED)) {
      case Look.Seen<String> _ ->
          findings.ok(check, "Set version " + version + " to " + WANTED + ".");
      case Look.NotSeen<String>(String reason) ->
          findings.fail(check, "Version " + version + " could not be set. " + reason);
    }
  }
}
