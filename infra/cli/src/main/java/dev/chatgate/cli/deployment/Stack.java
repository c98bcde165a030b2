package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.console.CommandException;
import java.util.Map;
import java.util.Optional;

/**
 * A CloudFormation stack.
 *
 * @param name the stack's name
 * @param outputs the outputs by key
 * @param parameters the parameters by key
 */
record Stack(String name, Map<String, String> outputs, Map<String, String> parameters) {

  /** The resource names, from the outputs of {@code template.yaml}. */
  ResourceNames names() {
    return new ResourceNames(
        new Tables(output("TenantsTableName"), output("QuotaTableName"), output("UsageTableName")),
        Optional.of(output("ProviderSecretArn")),
        // A stack of a release before 0.2.0 has none.
        Optional.ofNullable(outputs.get("SigningSecretName")),
        parameter("ProviderBaseUrl"),
        facts());
  }

  private DeploymentFacts facts() {
    return new DeploymentFacts(
        "stack " + name,
        Optional.ofNullable(outputs.get("StreamBaseUrl")),
        Optional.ofNullable(outputs.get("ApiBaseUrl")),
        Optional.ofNullable(outputs.get("DashboardUrl")),
        DeploymentFacts.cacheTime(parameter("CacheSeconds")),
        parameter("KeepData").map(this::keepsData),
        parameter("Playground"));
  }

  /** As the template's condition {@code Keep}. */
  private boolean keepsData(String keepData) {
    return keepData.equals("always")
        || (keepData.equals("prod-only") && parameter("Stage").equals(Optional.of("prod")));
  }

  private Optional<String> parameter(String key) {
    return Optional.ofNullable(parameters.get(key));
  }

  private String output(String key) {
    var value = outputs.get(key);
    if (value == null) {
      throw CommandException.error(
          "Stack "
              + name
              + " has no output "
              + key
              + ": it is not a Chatgate stack, or its deployment is not complete.");
    }
    return value;
  }
}
