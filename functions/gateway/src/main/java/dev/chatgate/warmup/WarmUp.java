package dev.chatgate.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.AwsClientsFuture;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.gateway.wiring.Prefetch;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.time.Pause;
import dev.chatgate.warmup.fake.FakeBackend;
import dev.chatgate.warmup.fake.FakeResponses;
import io.micronaut.context.BeanContext;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Calls made before a snapshot is taken, so that the first real one finds every class loaded and
 * the hot path compiled: an application of its own, over HTTPS to a stand-in in this process for
 * the provider, DynamoDB and Secrets Manager. What the calls leave behind is loaded and compiled
 * code: the application, its caches and its connections are closed and forgotten.
 */
final class WarmUp {
  /** The SDK's names for what Lambda sets, which go before the environment's. */
  private static final String CREDENTIALS = "aws.containerCredentialsFullUri";

  /**
   * Whether the JDK's own HTTP client keeps connections, which it reads once: of this process only
   * the credentials, every few hours, are asked for through it. A snapshot would hold what it
   * keeps, and the first call after a restore would start its thread.
   */
  private static final String KEPT = "http.keepAlive";

  /** What Lambda says of an invocation's trace. */
  static final String TRACE =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:12345678:0";

  private static final int SELDOM_EVERY = 16;
  private static final int STANDARD_OUTPUTS_BUFFER = 128;

  /**
   * After so many rounds the application is made anew, so that the first calls of one are known
   * code. More often would leave more garbage in the snapshot: each application's grows old.
   */
  private static final int BEFORE_A_NEW_ONE = 500;

  /** So short that tenants and prices are read often, as a first call reads them. */
  private static final Duration REMEMBERED = Duration.ofMillis(20);

  /** Beyond what the buffered door gives, as the real one is; a call that stalls ends by it. */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private static final Duration CONNECTING = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Some code asks whether the last call was long ago: the JDK's random bytes, after 100 ms. */
  private static final Duration IDLE = Duration.ofMillis(120);

  private final Ways ways;
  private final Entry entry;
  private final InstantSource clock;
  private final Instant end;

  private WarmUp(Ways ways, Entry entry, InstantSource clock, Instant end) {
    this.ways = ways;
    this.entry = entry;
    this.clock = clock;
    this.end = end;
  }

  /** One of the function's entries. */
  public interface Entry extends AutoCloseable {
    /**
     * Makes a call through the entry.
     *
     * @param application a started application
     * @return the status of the answer
     */
    int play(BeanContext application, WarmUpRequest scene) throws Exception;

    @Override
    void close() throws IOException;
  }

  /** Makes an entry. */
  @FunctionalInterface
  public interface Entries {
    Entry make() throws Exception;
  }

  /**
   * What the real application's calls go over: what it does not use is not worth compiling, and
   * what was compiled for another way would be compiled again.
   *
   * @param tlsToProvider whether the provider is called by HTTPS
   * @param tlsToAws whether the AWS services are
   */
  record Ways(boolean tlsToProvider, boolean tlsToAws) {}

  /** How a rehearsal went: the calls made, and what the stand-in was asked, see there. */
  record Outcome(int calls, int requests) {}

  /**
   * Rehearses until the rounds are done or the time is up.
   *
   * @param entries makes the entry that this process serves
   * @param ways what the calls go over
   * @param rounds how often the usual calls are made
   * @param atMost after this nothing more is begun
   * @throws IllegalStateException if a call was not answered as it should be
   * @throws Exception if the entry threw
   */
  public static Outcome run(Entries entries, Ways ways, int rounds, Duration atMost)
      throws Exception {
    var clock = InstantSource.system();
    try (var entry = entries.make()) {
      System.setProperty(KEPT, "false");
      var end = clock.instant().plus(atMost);
      return new WarmUp(ways, entry, clock, end).play(rounds);
    } finally {
      System.clearProperty(CREDENTIALS);
    }
  }

  /**
   * Made as the JDK makes standard output, with something before it as AWS's runtime client has.
   * Three kinds keep the compiler from taking one class for granted: the real ones are of classes
   * that nobody else can make.
   */
  private static PrintStream nowhere(int kind) throws IOException {
    var nowhere = OutputStream.nullOutputStream();
    return switch (kind % 3) {
      case 0 -> console(new FileOutputStream("/dev/null"), false);
      case 1 -> new PrintStream(console(nowhere, true), false, UTF_8);
      default ->
          new PrintStream(
              new DataOutputStream(console(new DataOutputStream(nowhere), false)), true, UTF_8);
    };
  }

  private static PrintStream console(OutputStream end, boolean flushing) {
    var buffered = new BufferedOutputStream(end, STANDARD_OUTPUTS_BUFFER);
    return new PrintStream(buffered, flushing, UTF_8);
  }

  /** Each application meets services at an address that this process has not called yet. */
  private Outcome play(int rounds) throws Exception {
    var answers = new FakeResponses(clock);
    int calls = 0;
    int requests = 0;
    for (int done = 0; done < rounds && isTime(); done += BEFORE_A_NEW_ONE) {
      Pause.SLEEP.pause(IDLE);
      try (var standIn = new FakeBackend(answers, clock);
          var log = nowhere(done / BEFORE_A_NEW_ONE)) {
        System.setProperty(CREDENTIALS, standIn.credentials().toString());
        calls += play(standIn, log, Math.min(BEFORE_A_NEW_ONE, rounds - done));
        requests += standIn.requests();
      }
    }
    return new Outcome(calls, requests);
  }

  private int play(FakeBackend standIn, PrintStream log, int rounds) throws Exception {
    // The application closes them, if it starts.
    try (var aws = AwsClients.ofStandIn(standIn.address(ways.tlsToAws), standIn.trust());
        var application = application(standIn, aws, log)) {
      new Prefetch(application).fetch(PATIENCE);
      return play(application, rounds);
    }
  }

  private boolean isTime() {
    return clock.instant().isBefore(end);
  }

  private int play(BeanContext application, int rounds) throws Exception {
    int calls = 0;
    for (int round = 0; round < rounds && isTime(); round++) {
      calls += play(application, WarmUpRequest.OFTEN);
      if (round % SELDOM_EVERY == 0) {
        calls += play(application, WarmUpRequest.SELDOM);
      }
    }
    return calls;
  }

  private int play(BeanContext application, List<WarmUpRequest> scenes) throws Exception {
    for (var scene : scenes) {
      int status = entry.play(application, scene);
      if (status != scene.status()) {
        throw new IllegalStateException(
            "%s %s was answered %d, not %d"
                .formatted(scene.method(), scene.path(), status, scene.status()));
      }
    }
    return scenes.size();
  }

  private BeanContext application(FakeBackend standIn, AwsClients aws, PrintStream log)
      throws GeneralSecurityException, IOException {
    return GatewayFactory.start(
        settings(standIn.address(ways.tlsToProvider).resolve("/openai/v1")),
        AwsClientsFuture.made(aws),
        new CallLog(log, clock, new MetricSource("rehearsal", false)),
        standIn.trusting());
  }

  private static Settings settings(URI provider) {
    return new Settings(
        new Tables("rehearsal-tenants", "rehearsal-quota", "rehearsal-usage"),
        "provider",
        List.of("*"),
        CALL_LIMIT,
        REMEMBERED,
        1 << 22,
        256,
        429,
        false,
        new ProviderSettings(provider, CONNECTING, PATIENCE, PATIENCE, 0));
  }
}
