package dev.chatgate.cli.deployment;

import dev.chatgate.aws.client.StoreClockInterceptor;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.time.StoreClock;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Creates the AWS clients of one command. They share one HTTP client. Timeouts are longer than
 * those of the functions, because an operator's connection may be slow.
 */
final class AwsClientFactory implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_ATTEMPTS = 3;

  private final ConnectionSettings settings;
  private final SdkHttpClient http =
      Apache5HttpClient.builder()
          .connectionTimeout(CONNECT_TIMEOUT)
          .socketTimeout(ATTEMPT_TIMEOUT)
          .useIdleConnectionReaper(false)
          .build();

  /**
   * How to reach AWS. An absent value is taken from the SDK's default configuration.
   *
   * @param region the region's ID
   * @param profile a profile of the AWS CLI's files; it has precedence over keys in the environment
   * @param localEndpoint endpoint of the local deployment, used for all services
   */
  record ConnectionSettings(
      Optional<String> region, Optional<String> profile, Optional<URI> localEndpoint) {}

  AwsClientFactory(ConnectionSettings settings) {
    this.settings = settings;
  }

  /** A DynamoDB client with the SDK's standard retries. */
  DynamoDbClient dynamoDb(StoreClock clock) {
    return dynamoDb(standardRetries(), clock);
  }

  /** A DynamoDB client without retries, for the ledger, which retries by itself. */
  DynamoDbClient ledgerDynamoDb(StoreClock clock) {
    return dynamoDb(DefaultRetryStrategy.doNotRetry(), clock);
  }

  private DynamoDbClient dynamoDb(RetryStrategy retries, StoreClock clock) {
    var configuration =
        configuration(retries).addExecutionInterceptor(new StoreClockInterceptor(clock));
    return DynamoDbClient.builder()
        .httpClient(http)
        .overrideConfiguration(configuration.build())
        .applyMutation(this::applySettings)
        .build();
  }

  SecretsManagerClient secretsManager() {
    return SecretsManagerClient.builder()
        .httpClient(http)
        .overrideConfiguration(configuration(standardRetries()).build())
        .applyMutation(this::applySettings)
        .build();
  }

  /** A reader of CloudFormation stacks. */
  StackReader stacks() {
    return new StackReader(signedRequests());
  }

  /** Requests to services without a client. */
  SignedRequests signedRequests() {
    return new SignedRequests(http, credentials(), region());
  }

  private static RetryStrategy standardRetries() {
    return DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(MAX_ATTEMPTS).build();
  }

  private ClientOverrideConfiguration.Builder configuration(RetryStrategy retries) {
    var configuration =
        ClientOverrideConfiguration.builder()
            .retryStrategy(retries)
            .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
            .apiCallTimeout(CALL_TIMEOUT);
    settings.profile().ifPresent(configuration::defaultProfileName);
    return configuration;
  }

  private void applySettings(AwsClientBuilder<?, ?> client) {
    client.credentialsProvider(credentials()).region(region());
    settings.localEndpoint().ifPresent(client::endpointOverride);
  }

  private Region region() {
    if (settings.localEndpoint().isPresent()) {
      return Region.US_EAST_1;
    }
    return settings.region().map(Region::of).orElseGet(this::defaultRegion);
  }

  private Region defaultRegion() {
    var chain = DefaultAwsRegionProviderChain.builder();
    settings.profile().ifPresent(chain::profileName);
    return chain.build().getRegion();
  }

  private AwsCredentialsProvider credentials() {
    if (settings.localEndpoint().isPresent()) {
      return StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
    }
    return settings
        .profile()
        .map(AwsClientFactory::ofProfile)
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  private static AwsCredentialsProvider ofProfile(String name) {
    if (ProfileFile.defaultProfileFile().profile(name).isEmpty()) {
      throw CommandException.error("There is no profile " + name + ".");
    }
    return ProfileCredentialsProvider.create(name);
  }

  @Override
  public void close() {
    http.close();
  }
}
