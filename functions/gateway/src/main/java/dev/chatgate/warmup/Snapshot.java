package dev.chatgate.warmup;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.Prefetch;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.time.Pause;
import io.micronaut.context.BeanContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * What is done around a snapshot of the process (SnapStart): before it, everything that a first
 * call would do for the first time; after a restore, what a first call would wait for, beside it.
 * Without a snapshot neither runs.
 *
 * <p>The runtime holds its hooks weakly: whoever registers one keeps it.
 */
public final class Snapshot implements Resource {
  /**
   * After some thousand calls the compiler is through with the hot path: under a snapshot it works
   * in all tiers, and what it made is in every copy.
   */
  private static final int ROUNDS = 6_000;

  /** Sets another number, for tests that count what is loaded: two rounds load everything. */
  private static final String ROUNDS_PROPERTY = "chatgate.warmup.rounds";

  /** Lambda gives at least 130 s to start and to do this. */
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  /** Points the AWS clients elsewhere; nothing sets it on Lambda. */
  private static final String AWS_ENDPOINT = "AWS_ENDPOINT_URL";

  /**
   * The JDK reads random bytes ahead and uses them for 100 ms of the machine's clock (its class
   * {@code NativePRNG}). A copy may find that clock where the snapshot left it, and then every copy
   * would draw the same bytes, for ids and for TLS: none of them is to be of use any more.
   */
  private static final Duration READ_AHEAD_IS_STALE_AFTER = Duration.ofMillis(250);

  /**
   * The compiler is behind when a rehearsal ends, by up to a second: in a copy it would go on where
   * it was, beside the first call. It is given a tenth of the rehearsal's time, so that it has more
   * where it is slower.
   */
  private static final int COMPILING_AFTERWARDS = 10;

  private static final Logger LOG = System.getLogger(Snapshot.class.getName());

  private final BeanContext application;
  private final WarmUp.Entries entries;
  private final Pause pause;
  private final Prefetch ahead;

  /**
   * For tests; {@link #of} registers.
   *
   * @param application a started application
   * @param entries makes the entry that serves it
   * @param pause how to wait
   */
  public Snapshot(BeanContext application, WarmUp.Entries entries, Pause pause) {
    this.application = application;
    this.entries = entries;
    this.pause = pause;
    this.ahead = new Prefetch(application);
  }

  /**
   * Registers the hooks.
   *
   * @param application a started application
   * @param entries makes the entry that serves it, asked for only if there is a snapshot
   */
  public static Snapshot of(BeanContext application, WarmUp.Entries entries) {
    var snapshot = new Snapshot(application, entries, Pause.SLEEP);
    Core.getGlobalContext().register(snapshot);
    return snapshot;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    application.getBean(TokenCounters.class).prime();
    long began = System.nanoTime();
    rehearse();
    var took = Duration.ofNanos(System.nanoTime() - began);
    var provider = application.getBean(ProviderClient.class);
    provider.prepare();
    provider.forgetConnections();
    pause.pause(READ_AHEAD_IS_STALE_AFTER.plus(took.dividedBy(COMPILING_AFTERWARDS)));
    var _ = YoungGenFlush.empty();
  }

  /** A rehearsal that fails makes a slow first call, and no other harm: the function starts. */
  private void rehearse() {
    try {
      int rounds = Integer.getInteger(ROUNDS_PROPERTY, ROUNDS);
      var _ = WarmUp.run(entries, ways(), rounds, AT_MOST);
    } catch (Exception | LinkageError e) {
      LOG.log(Level.WARNING, "the rehearsal before the snapshot failed: {0}", e.toString());
    }
  }

  private WarmUp.Ways ways() {
    var provider = application.getBean(Settings.class).provider().baseUrl();
    return new WarmUp.Ways(
        "https".equals(provider.getScheme()),
        !System.getenv().getOrDefault(AWS_ENDPOINT, "").startsWith("http:"));
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    ahead.fetch(Prefetch.WAITED_FOR);
  }
}
