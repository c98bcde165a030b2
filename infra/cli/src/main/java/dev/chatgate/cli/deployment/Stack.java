package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.shell.RefusedException;
import java.util.Map;
import java.util.Optional;

/**
 * What CloudFormation tells of a stack.
 *
 * @param name its name
 * @param outputs its outputs by key
 * @param parameters its parameters by key
 */
record Stack(String name, Map<String, String> outputs, Map<String, String> parameters) {

  /** The names of what the commands work on, as {@code template.yaml} puts them out. */
  Names names() {
    return new Names(
        new Tables(output("TenantsTableName"), output("QuotaTableName"), output("UsageTableName")),
        Optional.of(output("ProviderSecretArn")),
        Optional.ofNullable(parameters.get("ProviderBaseUrl")));
  }

  private String output(String key) {
    var value = outputs.get(key);
    if (value == null) {
      throw RefusedException.cannotRun(
          "The stack " + name + " has no output " + key + ": it is no Chatgate, or not up yet.");
    }
    return value;
  }
}
