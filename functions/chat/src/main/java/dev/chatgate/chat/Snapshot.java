package dev.chatgate.chat;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import dev.chatgate.openai.provider.ProviderClient;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.ProviderKeyUnavailableException;
import dev.chatgate.provider.ProviderKeys;
import dev.chatgate.quota.Pause;
import io.micronaut.context.ApplicationContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What is done around a snapshot of the process (SnapStart): before it, everything that a first
 * call would do for the first time; after a restore, what a first call would wait for, beside it.
 * Without a snapshot neither runs.
 *
 * <p>The runtime holds its hooks weakly: whoever registers one keeps it.
 */
final class Snapshot implements Resource {
  /**
   * After some thousand calls the compiler is through with the hot path: under a snapshot it works
   * in all tiers, and what it made is in every copy.
   */
  private static final int ROUNDS = 1_500;

  /** Sets another number, for tests that count what is loaded: two rounds load everything. */
  private static final String ROUNDS_PROPERTY = "chatgate.rehearsal.rounds";

  /** Lambda gives at least 130 s to start and to do this. */
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  /**
   * The JDK reads random bytes ahead and uses them for 100 ms of the machine's clock (its class
   * {@code NativePRNG}). A copy may find that clock where the snapshot left it, and then every copy
   * would draw the same bytes, for ids and for TLS: none of them is to be of use any more.
   */
  private static final Duration READ_AHEAD_IS_STALE_AFTER = Duration.ofMillis(250);

  private static final Logger LOG = System.getLogger(Snapshot.class.getName());

  private final ApplicationContext application;
  private final Supplier<Rehearsal.Entry> entry;
  private final Pause pause;

  /**
   * For tests; {@link #of} registers.
   *
   * @param application a started application
   * @param entry makes the entry that serves it
   * @param pause how to wait
   */
  Snapshot(ApplicationContext application, Supplier<Rehearsal.Entry> entry, Pause pause) {
    this.application = application;
    this.entry = entry;
    this.pause = pause;
  }

  /**
   * Registers the hooks.
   *
   * @param application a started application
   * @param entry makes the entry that serves it, asked for only if there is a snapshot
   */
  static Snapshot of(ApplicationContext application, Supplier<Rehearsal.Entry> entry) {
    var snapshot = new Snapshot(application, entry, Pause.SLEEP);
    Core.getGlobalContext().register(snapshot);
    return snapshot;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    application.getBean(TokenCounters.class).prime();
    rehearse();
    var provider = application.getBean(ProviderClient.class);
    provider.prepare();
    provider.forgetConnections();
    pause.pause(READ_AHEAD_IS_STALE_AFTER);
    // A copy begins with what is in memory now: the rehearsal's garbage is not to be in it.
    System.gc();
  }

  /** A rehearsal that fails makes a slow first call, and no other harm: the function starts. */
  private void rehearse() {
    try {
      var _ = Rehearsal.run(entry.get(), Integer.getInteger(ROUNDS_PROPERTY, ROUNDS), AT_MOST);
    } catch (Exception | LinkageError e) {
      LOG.log(Level.WARNING, "the rehearsal before the snapshot failed: {0}", e.toString());
    }
  }

  /** The key is read beside the first call, which needs it a little later; nobody waits for it. */
  @Override
  public void afterRestore(Context<? extends Resource> context) {
    Thread.ofVirtual().name("after-restore").start(this::readKey);
  }

  private void readKey() {
    try {
      var _ = application.getBean(ProviderKeys.class).current();
    } catch (ProviderKeyUnavailableException e) {
      LOG.log(Level.DEBUG, "the first call reads the provider''s key itself");
    }
  }
}
