package dev.chatgate.cli.deployment;

import dev.chatgate.aws.client.StoreClockInterceptor;
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
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The AWS clients of one command, over one HTTP client, each made when it is first asked for.
 * Slower lines than a function's are to be reckoned with: an operator may be far away.
 */
final class Clients implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ATTEMPT = Duration.ofSeconds(20);
  private static final Duration WHOLE_CALL = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 3;

  private final Access access;
  private final SdkHttpClient http =
      Apache5HttpClient.builder()
          .connectionTimeout(CONNECT)
          .socketTimeout(ATTEMPT)
          .useIdleConnectionReaper(false)
          .build();

  /**
   * How AWS is reached. What is absent comes from the SDK's own settings.
   *
   * @param region the region's name
   * @param profile a profile of the AWS CLI's files; it goes before keys in the environment
   * @param thisMachine where the system of this machine answers for AWS
   */
  record Access(Optional<String> region, Optional<String> profile, Optional<URI> thisMachine) {}

  Clients(Access access) {
    this.access = access;
  }

  /** A DynamoDB client that repeats what is worth repeating. */
  DynamoDbClient dynamoDb(StoreClock clock) {
    return dynamoDb(repeating(), clock);
  }

  /** A DynamoDB client that repeats nothing by itself, for the ledger. */
  DynamoDbClient ledgerDynamoDb(StoreClock clock) {
    return dynamoDb(DefaultRetryStrategy.doNotRetry(), clock);
  }

  private DynamoDbClient dynamoDb(RetryStrategy retries, StoreClock clock) {
    var settings = settings(retries).addExecutionInterceptor(new StoreClockInterceptor(clock));
    return DynamoDbClient.builder()
        .httpClient(http)
        .overrideConfiguration(settings.build())
        .applyMutation(this::reach)
        .build();
  }

  SecretsManagerClient secretsManager() {
    return SecretsManagerClient.builder()
        .httpClient(http)
        .overrideConfiguration(settings(repeating()).build())
        .applyMutation(this::reach)
        .build();
  }

  /** What finds a stack's outputs. */
  StackReader stacks() {
    return new StackReader(http, credentials(), region());
  }

  private static RetryStrategy repeating() {
    return DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(ATTEMPTS).build();
  }

  private ClientOverrideConfiguration.Builder settings(RetryStrategy retries) {
    var settings =
        ClientOverrideConfiguration.builder()
            .retryStrategy(retries)
            .apiCallAttemptTimeout(ATTEMPT)
            .apiCallTimeout(WHOLE_CALL);
    access.profile().ifPresent(settings::defaultProfileName);
    return settings;
  }

  private void reach(AwsClientBuilder<?, ?> client) {
    client.credentialsProvider(credentials()).region(region());
    access.thisMachine().ifPresent(client::endpointOverride);
  }

  private Region region() {
    if (access.thisMachine().isPresent()) {
      return Region.US_EAST_1;
    }
    return access.region().map(Region::of).orElseGet(this::usualRegion);
  }

  private Region usualRegion() {
    var chain = DefaultAwsRegionProviderChain.builder();
    access.profile().ifPresent(chain::profileName);
    return chain.build().getRegion();
  }

  private AwsCredentialsProvider credentials() {
    if (access.thisMachine().isPresent()) {
      return StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
    }
    return access
        .profile()
        .<AwsCredentialsProvider>map(ProfileCredentialsProvider::create)
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  @Override
  public void close() {
    http.close();
  }
}
