package dev.chatgate.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.AwsClientsFuture;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.gateway.wiring.Prefetch;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.warmup.fake.FakeBackend;
import dev.chatgate.warmup.fake.FakeResponses;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Makes calls before a snapshot is taken, so that all classes are loaded and the hot path is
 * compiled before the first real call. It uses a separate application, which calls a {@link
 * FakeBackend} in this process over HTTPS instead of the provider, DynamoDB and Secrets Manager.
 * Only loaded and compiled code remains: the application, its caches and its connections are
 * discarded.
 */
final class WarmUp {
  /**
   * The AWS SDK's system property for the credentials endpoint; it has priority over Lambda's
   * environment variable.
   */
  private static final String CREDENTIALS = "aws.containerCredentialsFullUri";

  /**
   * Whether the JDK's HTTP client keeps connections; the JDK reads the property once. Only the
   * SDK's credentials provider uses that client, every few hours. A kept connection would be part
   * of the snapshot, and the first call after a restore would start the client's keep-alive thread.
   */
  private static final String KEEP_ALIVE = "http.keepAlive";

  /** A trace header as Lambda sends it. */
  static final String TRACE =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:12345678:0";

  private static final int RARE_EVERY = 16;

  /** Cache time that is so short that tenants and prices are read often, as in a first call. */
  private static final Duration CACHED_FOR = Duration.ofMillis(20);

  /**
   * As in the real application, longer than the buffered door allows. It ends a call that hangs.
   */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private static final Duration CLIENT_SECRET_FOR = Duration.ofHours(1);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Transports transports;
  private final Entry entry;
  private final InstantSource clock;
  private final Instant end;

  private WarmUp(Transports transports, Entry entry, InstantSource clock, Instant end) {
    this.transports = transports;
    this.entry = entry;
    this.clock = clock;
    this.end = end;
  }

  /** An entry of the function, as the warm-up calls it. */
  public interface Entry extends AutoCloseable {
    /**
     * Sends a request through the entry.
     *
     * @param application a started application
     * @return the status of the answer
     */
    int play(BeanContext application, WarmUpRequest request) throws Exception;

    @Override
    void close() throws IOException;
  }

  /** Creates an entry. */
  @FunctionalInterface
  public interface Entries {
    Entry make() throws Exception;
  }

  /**
   * Whether the real application uses TLS. The warm-up uses the same, so that the code that is
   * compiled is the code that will run.
   *
   * @param tlsToProvider whether the provider is called by HTTPS
   * @param tlsToAws whether the AWS services are called by HTTPS
   */
  record Transports(boolean tlsToProvider, boolean tlsToAws) {}

  /**
   * The result of a warm-up.
   *
   * @param rounds number of rounds that were done, all of them or as many as there was time for
   * @param calls number of calls made
   * @param requests number of requests to the fake backend, without reads of the store
   */
  record Outcome(int rounds, int calls, int requests) {}

  /**
   * Makes calls until the rounds are done or the time is over.
   *
   * @param entries creates the entry that this process serves
   * @param transports whether the calls use TLS
   * @param rounds how often the frequent requests are sent
   * @param atMost after this time no further call is started
   * @throws IllegalStateException if a call was answered with an unexpected status
   * @throws Exception if the entry threw
   */
  public static Outcome run(Entries entries, Transports transports, int rounds, Duration atMost)
      throws Exception {
    var clock = InstantSource.system();
    try (var entry = entries.make()) {
      System.setProperty(KEEP_ALIVE, "false");
      var end = clock.instant().plus(atMost);
      return new WarmUp(transports, entry, clock, end).play(rounds);
    } finally {
      System.clearProperty(CREDENTIALS);
    }
  }

  private Outcome play(int rounds) throws Exception {
    try (var backend = new FakeBackend(new FakeResponses(clock), clock);
        var log = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
      System.setProperty(CREDENTIALS, backend.credentials().toString());
      var outcome = play(backend, log, rounds);
      return new Outcome(outcome.rounds(), outcome.calls(), backend.requests());
    }
  }

  private Outcome play(FakeBackend backend, PrintStream log, int rounds) throws Exception {
    // The clients are closed here too, in case the application does not start.
    try (var aws = AwsClients.ofStandIn(backend.address(transports.tlsToAws), backend.trust());
        var application = application(backend, aws, log)) {
      new Prefetch(application).fetch(TIMEOUT);
      return play(application, rounds);
    }
  }

  private boolean isTime() {
    return clock.instant().isBefore(end);
  }

  private Outcome play(BeanContext application, int rounds) throws Exception {
    int calls = 0;
    var rare = WarmUpRequest.rare(clientSecret(application));
    int round = 0;
    for (; round < rounds && isTime(); round++) {
      calls += play(application, WarmUpRequest.FREQUENT);
      if (round % RARE_EVERY == 0) {
        calls += play(application, rare);
      }
    }
    return new Outcome(round, calls, 0);
  }

  /** Of the fake tenant, valid for longer than the warm-up takes. */
  private String clientSecret(BeanContext application) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return application
        .getBean(ClientSecretCodec.class)
        .write(
            new ClientSecret(
                new TenantId(FakeResponses.TENANT),
                Optional.empty(),
                0,
                "warm-up",
                now,
                now.plus(CLIENT_SECRET_FOR),
                Optional.of(new EndUser("warm-up")),
                Optional.empty(),
                Narrowing.NONE))
        .orElseThrow();
  }

  private int play(BeanContext application, List<WarmUpRequest> requests) throws Exception {
    for (var request : requests) {
      int status = entry.play(application, request);
      if (status != request.status()) {
        throw new IllegalStateException(
            "%s %s was answered %d, not %d"
                .formatted(request.method(), request.path(), status, request.status()));
      }
    }
    return requests.size();
  }

  private BeanContext application(FakeBackend backend, AwsClients aws, PrintStream log)
      throws GeneralSecurityException, IOException {
    return GatewayFactory.start(
        settings(backend.address(transports.tlsToProvider).resolve("/openai/v1")),
        AwsClientsFuture.completed(aws),
        new CallLog(log, clock, new MetricSource("warm-up", false)),
        backend.trusting());
  }

  private static Settings settings(URI provider) {
    return new Settings(
        new Tables("warm-up-tenants", "warm-up-quota", "warm-up-usage"),
        FakeResponses.PROVIDER_SECRET,
        FakeResponses.SIGNING_SECRET,
        List.of("*"),
        CALL_LIMIT,
        CACHED_FOR,
        1 << 22,
        256,
        429,
        false,
        false,
        false,
        false,
        true,
        false,
        new ProviderSettings(provider, CONNECT_TIMEOUT, TIMEOUT, TIMEOUT, 0));
  }
}
