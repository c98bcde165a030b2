package dev.chatgate.local;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.local.aws.TemplateTables;
import dev.chatgate.local.door.ApiDoor;
import dev.chatgate.local.door.UrlDoor;
import dev.chatgate.local.http.HttpServer;
import dev.chatgate.local.lambda.InstancePool;
import dev.chatgate.local.lambda.LocalLambda;
import dev.chatgate.local.template.FunctionDefinition;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.local.template.TemplateException;
import dev.chatgate.local.upstream.BuiltInUpstream;
import dev.chatgate.local.upstream.Pacing;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The whole system on one machine: both doors, the packages behind them in processes of their own,
 * DynamoDB, Secrets Manager, and a provider if none is given. Everything it starts ends with it.
 */
public final class LocalStack implements AutoCloseable {
  private static final String API = "ApiFunction";
  private static final String STREAM = "StreamFunction";
  private static final String RECONCILER = "ReconcilerFunction";
  private static final Duration MAX_QUEUE_TIME = Duration.ofSeconds(30);
  private static final Duration DEFAULT_INTEGRATION_TIMEOUT = Duration.ofSeconds(30);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final LocalSettings settings;
  private final SamTemplate template;
  private final Consumer<String> log;
  private final AwsEndpoint aws;
  private final String upstreamUrl;
  private final LocalLambda lambda;
  private final InstancePool api;
  private final InstancePool stream;
  private final Optional<ReconcilerSchedule> reconciler;
  private final HttpServer apiDoor;
  private final HttpServer streamDoor;

  private LocalStack(
      LocalSettings settings,
      Path root,
      Pacing pacing,
      Consumer<String> log,
      Optional<LocalStack> host) {
    this.settings = settings;
    this.log = log;
    Clock clock = Clock.systemUTC();
    Seeds seeds = Seeds.from(settings);
    try {
      this.template = SamTemplate.read(root.resolve("template.yaml"), Map.of());
      this.aws =
          host.map(other -> other.aws)
              .orElseGet(() -> atPort("CHATGATE_AWS_PORT", settings.awsPort(), () -> aws(clock)));
      this.upstreamUrl =
          host.map(LocalStack::upstreamUrl)
              .or(() -> settings.upstreamBaseUrl().map(URI::toString))
              .orElseGet(() -> upstream(pacing, clock));
      if (host.isEmpty()) {
        seed(seeds);
      }
      Path work = root.resolve(Path.of("infra", "local", "target", "lambda"));
      this.lambda = new LocalLambda(aws.url(), work, clock, log);
      FunctionDefinition apiFunction = function(API);
      this.api = pool(apiFunction, settings.instances());
      this.stream = pool(function(STREAM), settings.instances());
      Duration limit = apiFunction.integrationTimeout().orElse(DEFAULT_INTEGRATION_TIMEOUT);
      this.apiDoor = door("CHATGATE_API_PORT", settings.apiPort(), new ApiDoor(api, limit, clock));
      this.streamDoor =
          door("CHATGATE_STREAM_PORT", settings.streamPort(), new UrlDoor(stream, clock));
      this.reconciler = template.function(RECONCILER).flatMap(this::reconciler);
    } catch (TemplateException e) {
      close();
      throw new StartException("template.yaml: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything; both doors take calls when this returns, and start instances as calls come.
   *
   * @param settings from the environment
   * @param root the folder with {@code template.yaml} and the packages that it names
   * @throws StartException if it cannot start
   */
  public static LocalStack start(LocalSettings settings, Path root) {
    return start(settings, root, Pacing.REALISTIC, System.out::println);
  }

  /**
   * Starts everything.
   *
   * @param settings from the environment
   * @param root the folder with {@code template.yaml} and the packages that it names
   * @param pacing how fast the built-in upstream answers
   * @param log gets each line that a function prints, after the name of the instance
   * @throws StartException if it cannot start
   */
  public static LocalStack start(
      LocalSettings settings, Path root, Pacing pacing, Consumer<String> log) {
    return new LocalStack(
        settings, root.toAbsolutePath().normalize(), pacing, log, Optional.empty());
  }

  /**
   * Starts the packages of another checkout, with doors of their own, on the tables, the secrets
   * and the provider of this stack. Close it before this one.
   *
   * @param root the folder with the other {@code template.yaml} and its packages
   * @throws StartException if it cannot start
   */
  public LocalStack beside(Path root) {
    return new LocalStack(
        settings, root.toAbsolutePath().normalize(), Pacing.NONE, log, Optional.of(this));
  }

  /** The API Gateway door, without a path. */
  public String apiUrl() {
    return "http://127.0.0.1:" + apiDoor.port();
  }

  /** The function URL door, without a path. */
  public String streamUrl() {
    return "http://127.0.0.1:" + streamDoor.port();
  }

  /** DynamoDB and Secrets Manager: what {@code AWS_ENDPOINT_URL} is set to. */
  public String awsUrl() {
    return aws.url();
  }

  /** The provider's URL as the functions get it. */
  public String upstreamUrl() {
    return upstreamUrl;
  }

  /** The tables' names. */
  public Tables tables() {
    return Tables.fromEnvironment(function(API).environment());
  }

  /** The secret that holds the provider's key. */
  public String secretName() {
    return function(API).environment().getOrDefault("CHATGATE_PROVIDER_SECRET", "");
  }

  /** The secret that holds the keys that sign client secrets. */
  public String signingSecretName() {
    return function(API).environment().getOrDefault("CHATGATE_SIGNING_SECRET", "");
  }

  /** The processes of the API door's function that run now. */
  public List<ProcessHandle> apiInstances() {
    return api.processes();
  }

  /** The processes of the function URL door's function that run now. */
  public List<ProcessHandle> streamInstances() {
    return stream.processes();
  }

  /**
   * Runs the reconciler now and waits for its end.
   *
   * @return what it returned
   * @throws IllegalStateException if the template has no reconciler, or it failed
   */
  public String reconcile() {
    return reconciler
        .orElseThrow(() -> new IllegalStateException("the template has no reconciler"))
        .run();
  }

  /**
   * Waits until both doors answer {@code GET /health} with 200.
   *
   * @throws StartException if they do not
   */
  public void awaitReady() {
    HealthCheck.await(List.of(apiUrl() + "/health", streamUrl() + "/health"));
  }

  /** A client of the embedded DynamoDB; close it. */
  public DynamoDbClient dynamoDb() {
    return DynamoDbClient.builder()
        .httpClientBuilder(Apache5HttpClient.builder())
        .endpointOverride(URI.create(aws.url()))
        .region(Region.of(SamTemplate.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  /**
   * Makes every instance end within milliseconds, without waiting for it; for a process that is
   * about to halt.
   */
  void abandonInstances() {
    api.abandon();
    stream.abandon();
  }

  /** Stops everything, in reverse order of the start. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        log.accept("local | " + e);
      }
    }
  }

  private <T extends AutoCloseable> T opened(T started) {
    open.push(started);
    return started;
  }

  private AwsEndpoint aws(Clock clock) {
    return opened(AwsEndpoint.start(settings.awsPort(), settings.dataDir(), clock));
  }

  private String upstream(Pacing pacing, Clock clock) {
    return opened(BuiltInUpstream.start(providerKey(), pacing, clock)).baseUrl();
  }

  private String providerKey() {
    return settings.upstreamApiKey().orElse(DemoData.PROVIDER_KEY);
  }

  private void seed(Seeds seeds) {
    var random = new SecureRandom();
    for (var secret : template.secrets()) {
      var generated = secret.generated().map(definition -> definition.value(random));
      aws.createSecret(secret.name(), Optional.of(generated.orElseGet(this::providerKey)));
    }
    try (DynamoDbClient dynamoDb = dynamoDb()) {
      TemplateTables.create(dynamoDb, template.tables());
      seeds.into(dynamoDb, tables());
    }
  }

  private FunctionDefinition function(String logicalId) {
    return template
        .function(logicalId)
        .map(this::withSettings)
        .orElseThrow(() -> new TemplateException("there is no " + logicalId));
  }

  private FunctionDefinition withSettings(FunctionDefinition function) {
    var variables = new HashMap<>(settings.forFunctions());
    variables.put("UPSTREAM_BASE_URL", upstreamUrl);
    variables
        .keySet()
        .removeIf(name ->
            !LocalSettings.PLATFORM.contains(name) && !function.environment().containsKey(name));
    // Not in the template: only here may a login's keys come from this machine.
    variables.put("CHATGATE_LOOPBACK_ISSUERS", "on");
    return function.with(variables);
  }

  private InstancePool pool(FunctionDefinition function, int instances) {
    if (!Files.exists(function.codeUri())) {
      throw new StartException(
          function.codeUri() + " is missing; mvn -Plocal builds it before it starts.");
    }
    return opened(lambda.pool(function, instances, MAX_QUEUE_TIME));
  }

  private Optional<ReconcilerSchedule> reconciler(FunctionDefinition function) {
    if (!Files.exists(function.codeUri())) {
      log.accept("local | " + function.codeUri() + " is missing: the reconciler does not run");
      return Optional.empty();
    }
    InstancePool pool = pool(function, 1);
    return Optional.of(
        opened(
            new ReconcilerSchedule(
                pool, function.scheduleInput(), settings.reconcileEvery(), log)));
  }

  private HttpServer door(String setting, int port, HttpServer.Handler handler) {
    return atPort(setting, port, () -> opened(HttpServer.start(port, handler)));
  }

  private static <T> T atPort(String setting, int port, Supplier<T> start) {
    try {
      return start.get();
    } catch (UncheckedIOException e) {
      if (causes(e).anyMatch(BindException.class::isInstance)) {
        throw StartException.portInUse(setting, port, e);
      }
      throw e;
    }
  }

  private static Stream<Throwable> causes(Throwable first) {
    return Stream.iterate(first, cause -> cause != null, Throwable::getCause);
  }
}
