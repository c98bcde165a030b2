package dev.chatgate.cli.deployment;

import dev.chatgate.aws.dynamodb.Tables;
import java.util.Optional;

/**
 * The AWS resources of a deployment.
 *
 * @param tables the DynamoDB tables
 * @param providerSecret name or ARN of the secret that holds the provider key, if known
 * @param signingSecret name or ARN of the secret that holds the signing keys, if known
 * @param providerBaseUrl base URL of the provider, if known
 * @param facts what else is known
 */
record ResourceNames(
    Tables tables,
    Optional<String> providerSecret,
    Optional<String> signingSecret,
    Optional<String> providerBaseUrl,
    DeploymentFacts facts) {

  /** Environment variable with the name of the secret that holds the provider key. */
  static final String SECRET_VARIABLE = "CHATGATE_PROVIDER_SECRET";

  /** Environment variable with the name of the secret that holds the signing keys. */
  static final String SIGNING_SECRET_VARIABLE = "CHATGATE_SIGNING_SECRET";

  /** Name of the secret under {@code mvn -Plocal}. */
  static final String LOCAL_SECRET = "chatgate/provider";

  /** Name of the secret that holds the signing keys under {@code mvn -Plocal}. */
  static final String LOCAL_SIGNING_SECRET = "chatgate/signing";
}
