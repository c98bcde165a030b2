package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import java.util.Optional;

/**
 * What is what in a deployment.
 *
 * @param tables its tables
 * @param providerSecret name or ARN of the secret with the provider's key, if it is known
 * @param providerBaseUrl where the provider is, if it is known
 */
record Names(Tables tables, Optional<String> providerSecret, Optional<String> providerBaseUrl) {

  /** What {@code mvn -Plocal} calls the secret. */
  static final String LOCAL_SECRET = "chatgate/provider";
}
