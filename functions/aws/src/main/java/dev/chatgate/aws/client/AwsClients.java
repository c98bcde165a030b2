package dev.chatgate.aws.client;

import dev.chatgate.time.StoreClock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The AWS clients of one process, over one HTTP client. Region, credentials and endpoint come from
 * the SDK's own default chains ({@code AWS_REGION}, the container's credentials, {@code
 * AWS_ENDPOINT_URL}); nothing is resolved, and no connection made, before the first call: safe to
 * build before a snapshot.
 */
public final class AwsClients implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ATTEMPT = Duration.ofSeconds(2);
  private static final Duration WHOLE_CALL = Duration.ofSeconds(5);
  private static final int READ_ATTEMPTS = 3;

  // A connection that a frozen process carried along may be dead: shorter than any peer's idle
  // limit.
  private static final Duration MAX_IDLE = Duration.ofSeconds(20);
  private static final int MAX_CONNECTIONS = 128;

  private final SdkHttpClient http;
  private final ScheduledExecutorService timers = timers();
  private final Optional<URI> elsewhere;

  /** One for all: left to themselves the clients fetch credentials each for itself. */
  private final DefaultCredentialsProvider credentials =
      DefaultCredentialsProvider.builder().build();

  private final List<SdkAutoCloseable> made = new CopyOnWriteArrayList<>();
  private @Nullable DynamoDbClient reading;

  public AwsClients() {
    http = http().build();
    elsewhere = Optional.empty();
  }

  private AwsClients(URI endpoint, TrustManager trust) {
    http = http().tlsTrustManagersProvider(() -> new TrustManager[] {trust}).build();
    elsewhere = Optional.of(endpoint);
  }

  /**
   * Clients of a stand-in for AWS, wherever the environment points. Credentials come by the default
   * chain, but are kept by these clients alone.
   *
   * @param endpoint where every service is
   * @param trust decides about the stand-in's certificate
   */
  public static AwsClients ofStandIn(URI endpoint, TrustManager trust) {
    return new AwsClients(endpoint, trust);
  }

  private static Apache5HttpClient.Builder http() {
    return Apache5HttpClient.builder()
        .connectionTimeout(CONNECT)
        .socketTimeout(ATTEMPT)
        .connectionMaxIdleTime(MAX_IDLE)
        .maxConnections(MAX_CONNECTIONS)
        .useIdleConnectionReaper(false);
  }

  /** One thread for the time limits of all clients, which would have five each. */
  private static ScheduledExecutorService timers() {
    var timers = new ScheduledThreadPoolExecutor(1, AwsClients::timer);
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  private static Thread timer(Runnable work) {
    return Thread.ofPlatform().name("aws-timer").daemon().unstarted(work);
  }

  private <B extends AwsClientBuilder<B, ?>> B placed(B builder) {
    elsewhere.ifPresent(endpoint -> builder.endpointOverride(endpoint).region(Region.US_EAST_1));
    return builder.credentialsProvider(credentials);
  }

  /**
   * A DynamoDB client that repeats nothing by itself: the ledger must know of every attempt, for an
   * attempt whose answer was lost may still have landed.
   */
  public DynamoDbClient ledgerDynamoDb() {
    return dynamoDb(this::oneAttempt);
  }

  /**
   * The same, with every answer's {@code Date} shown to a clock: the ledger takes its time from it.
   *
   * @param clock the ledger's clock
   */
  public DynamoDbClient ledgerDynamoDb(StoreClock clock) {
    return dynamoDb(o -> oneAttempt(o).addExecutionInterceptor(new StoreClockInterceptor(clock)));
  }

  /** The DynamoDB client for reads, which repeats what is worth repeating. */
  public synchronized DynamoDbClient readingDynamoDb() {
    var existing = reading;
    if (existing == null) {
      existing = dynamoDb(this::someAttempts);
      reading = existing;
    }
    return existing;
  }

  /**
   * The same, with every answer's {@code Date} shown to a clock.
   *
   * @param clock the store's time
   */
  public DynamoDbClient readingDynamoDb(StoreClock clock) {
    return dynamoDb(o -> someAttempts(o).addExecutionInterceptor(new StoreClockInterceptor(clock)));
  }

  /** A Secrets Manager client, which repeats what is worth repeating. */
  public SecretsManagerClient secretsManager() {
    return kept(
        placed(SecretsManagerClient.builder())
            .httpClient(http)
            .overrideConfiguration(this::someAttempts)
            .build());
  }

  private DynamoDbClient dynamoDb(Consumer<ClientOverrideConfiguration.Builder> overrides) {
    return kept(
        placed(DynamoDbClient.builder()).httpClient(http).overrideConfiguration(overrides).build());
  }

  private <C extends SdkAutoCloseable> C kept(C client) {
    made.add(client);
    return client;
  }

  /** The call's limit is the attempt's: a second one would be a timer more, set at every call. */
  private ClientOverrideConfiguration.Builder oneAttempt(
      ClientOverrideConfiguration.Builder configuration) {
    return configuration
        .scheduledExecutorService(timers)
        .retryStrategy(DefaultRetryStrategy.doNotRetry())
        .apiCallTimeout(ATTEMPT);
  }

  private ClientOverrideConfiguration.Builder someAttempts(
      ClientOverrideConfiguration.Builder configuration) {
    return configuration
        .scheduledExecutorService(timers)
        .retryStrategy(
            DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(READ_ATTEMPTS).build())
        .apiCallAttemptTimeout(ATTEMPT)
        .apiCallTimeout(WHOLE_CALL);
  }

  /** Closes every client, its timer's threads and its connections. */
  @Override
  public void close() {
    made.forEach(SdkAutoCloseable::close);
    credentials.close();
    http.close();
    timers.shutdownNow();
  }
}
