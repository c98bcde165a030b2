package dev.chatgate.cli.doctor;

import dev.chatgate.cli.deployment.SignedRequests;
import dev.chatgate.cli.deployment.SignedRequests.Response;
import dev.chatgate.cli.deployment.SignedRequests.Service;
import dev.chatgate.cli.text.JsonOutput;
import java.io.IOException;
import java.util.Map;

/**
 * The few settings of Lambda that are checked, by <a
 * href="https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html">its REST API</a>.
 */
final class LambdaApi {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final SignedRequests requests;

  LambdaApi(SignedRequests requests) {
    this.requests = requests;
  }

  /**
   * The account's limit of instances that run at the same time, in one region.
   *
   * @param concurrent for all functions together
   * @param unreserved what is not reserved by a function
   */
  record Limits(long concurrent, long unreserved) {}

  /**
   * An alias.
   *
   * @param version the version that it names
   * @param isShifting whether another version gets a part of the calls
   */
  record Alias(String version, boolean isShifting) {}

  private interface Call {
    Response send() throws IOException;
  }

  private interface Reader<T> {
    T read(JsonTexts json) throws IOException;
  }

  /** The account's limits, by GetAccountSettings. */
  Look<Limits> accountLimits() {
    return look(
        "lambda:GetAccountSettings",
        () -> requests.get(Service.LAMBDA, "/2016-08-19/account-settings", Map.of()),
        json ->
            new Limits(
                json.number("/AccountLimit/ConcurrentExecutions"),
                json.number("/AccountLimit/UnreservedConcurrentExecutions")));
  }

  /** An alias of a function, by GetAlias. */
  Look<Alias> alias(String function, String name) {
    return look(
        "lambda:GetAlias",
        () ->
            requests.get(
                Service.LAMBDA, "/2015-03-31/functions/" + function + "/aliases/" + name, Map.of()),
        json ->
            new Alias(
                json.text("/FunctionVersion"),
                json.hasAnyBelow("/RoutingConfig/AdditionalVersionWeights")));
  }

  /** When AWS updates the runtime of a version, by GetRuntimeManagementConfig. */
  Look<String> runtimeUpdates(String function, String version) {
    return look(
        "lambda:GetRuntimeManagementConfig",
        () -> requests.get(Service.LAMBDA, runtimePath(function), Map.of("Qualifier", version)),
        json -> json.text("/UpdateRuntimeOn"));
  }

  /** Sets when AWS updates the runtime of a version, by PutRuntimeManagementConfig. */
  Look<String> setRuntimeUpdates(String function, String version, String mode) {
    var body =
        JsonOutput.compact(json -> {
          json.writeStartObject();
          json.writeStringField("UpdateRuntimeOn", mode);
          json.writeEndObject();
        });
    return look(
        "lambda:PutRuntimeManagementConfig",
        () ->
            requests.put(Service.LAMBDA, runtimePath(function), Map.of("Qualifier", version), body),
        json -> json.text("/UpdateRuntimeOn"));
  }

  private static String runtimePath(String function) {
    return "/2021-07-20/functions/" + function + "/runtime-management-config";
  }

  private static <T> Look<T> look(String action, Call call, Reader<T> reader) {
    Response response;
    try {
      response = call.send();
    } catch (IOException e) {
      return new Look.NotSeen<>("Lambda did not answer " + action + ".");
    }
    if (!response.isOk()) {
      return new Look.NotSeen<>(refusal(action, response.status()));
    }
    try {
      return new Look.Seen<>(reader.read(JsonTexts.read(response.body())));
    } catch (IOException e) {
      return new Look.NotSeen<>("Lambda's answer to " + action + " cannot be read.");
    }
  }

  private static String refusal(String action, int status) {
    return switch (status) {
      case FORBIDDEN -> "These credentials have no permission for " + action + ".";
      case NOT_FOUND -> "Lambda does not know what " + action + " asks for (HTTP 404).";
      default -> "Lambda answered HTTP " + status + " to " + action + ".";
    };
  }
}
