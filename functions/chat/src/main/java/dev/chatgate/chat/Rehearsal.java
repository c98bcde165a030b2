package dev.chatgate.chat;

import dev.chatgate.aws.AwsClients;
import dev.chatgate.aws.Tables;
import dev.chatgate.aws.log.MetricSource;
import dev.chatgate.chat.rehearsal.Answers;
import dev.chatgate.chat.rehearsal.StandIn;
import dev.chatgate.openai.provider.ProviderSettings;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
final class Rehearsal {
  /** The SDK's names for what Lambda sets, which go before the environment's. */
  private static final String CREDENTIALS = "aws.containerCredentialsFullUri";

  private static final String TRACE = "com.amazonaws.xray.traceHeader";
  private static final int SELDOM_EVERY = 16;

  /**
   * After so many rounds the application is made anew: the first calls of one are to be hot too,
   * for the first call after a restore is such a one.
   */
  private static final int BEFORE_A_NEW_ONE = 100;

  /** So short that tenants and prices are read often, as a first call reads them. */
  private static final Duration REMEMBERED = Duration.ofMillis(20);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Rehearsal() {}

  /** One of the function's entries. */
  interface Entry extends AutoCloseable {
    /**
     * Makes a call through the entry.
     *
     * @param application a started application
     * @return the status of the answer
     */
    int play(ApplicationContext application, Scene scene) throws Exception;

    @Override
    void close() throws IOException;
  }

  /** Makes an entry. */
  @FunctionalInterface
  interface Entries {
    Entry make() throws Exception;
  }

  /**
   * What the real application's calls go over: what it does not use is not worth compiling, and
   * what was compiled for another way would be compiled again.
   *
   * @param tlsToProvider whether the provider is called by HTTPS
   * @param tlsToAws whether the AWS services are
   */
  record Ways(boolean tlsToProvider, boolean tlsToAws) {
    static final Ways SECURE = new Ways(true, true);
  }

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
  static Outcome run(Entries entries, Ways ways, int rounds, Duration atMost) throws Exception {
    var clock = InstantSource.system();
    try (var standIn = new StandIn(new Answers(clock), clock);
        var entry = entries.make()) {
      System.setProperty(CREDENTIALS, standIn.credentials().toString());
      System.setProperty(TRACE, "Root=1-0-0;Sampled=0");
      return run(entry, ways, rounds, atMost, standIn, clock);
    } finally {
      System.clearProperty(CREDENTIALS);
      System.clearProperty(TRACE);
    }
  }

  private static Outcome run(
      Entry entry, Ways ways, int rounds, Duration atMost, StandIn standIn, InstantSource clock)
      throws Exception {
    var end = clock.instant().plus(atMost);
    int calls = 0;
    for (int done = 0; done < rounds && clock.instant().isBefore(end); done += BEFORE_A_NEW_ONE) {
      // The application closes nothing that it was given.
      try (var aws = AwsClients.ofStandIn(standIn.address(ways.tlsToAws), standIn.trust());
          var application = application(standIn.address(ways.tlsToProvider), standIn, aws)) {
        new Ahead(application).fetch(PATIENCE);
        calls += play(entry, application, Math.min(BEFORE_A_NEW_ONE, rounds - done), end, clock);
      }
    }
    return new Outcome(calls, standIn.requests());
  }

  private static int play(
      Entry entry, ApplicationContext application, int rounds, Instant end, InstantSource clock)
      throws Exception {
    int calls = 0;
    for (int round = 0; round < rounds && clock.instant().isBefore(end); round++) {
      calls += playAll(Scene.OFTEN, entry, application);
      if (round % SELDOM_EVERY == 0) {
        calls += playAll(Scene.SELDOM, entry, application);
      }
    }
    return calls;
  }

  private static int playAll(List<Scene> scenes, Entry entry, ApplicationContext application)
      throws Exception {
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

  private static ApplicationContext application(URI provider, StandIn standIn, AwsClients aws)
      throws GeneralSecurityException, IOException {
    var silent = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    return GatewayFactory.start(
        settings(provider),
        aws,
        standIn.trusting(),
        new CallLog(silent, InstantSource.system(), new MetricSource("rehearsal", false)));
  }

  private static Settings settings(URI provider) {
    return new Settings(
        new Tables("rehearsal-tenants", "rehearsal-quota", "rehearsal-usage"),
        "provider",
        List.of("*"),
        PATIENCE,
        REMEMBERED,
        1 << 22,
        256,
        429,
        false,
        new ProviderSettings(provider.resolve("/openai/v1"), PATIENCE, PATIENCE, PATIENCE, 0));
  }
}
