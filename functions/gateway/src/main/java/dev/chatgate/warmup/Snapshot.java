package dev.chatgate.warmup;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import dev.chatgate.gateway.log.CallLog;
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
 * Hooks around a snapshot of the process (SnapStart). Before the snapshot, warm-up requests load
 * and compile the code that a first call uses. After a restore, the data that a first call would
 * wait for is prefetched. Without a snapshot neither hook runs.
 *
 * <p>The CRaC context holds its hooks weakly, so that the caller of {@link #of} must keep the
 * object.
 */
public final class Snapshot implements Resource {
  /**
   * Rounds of warm-up requests. After some hundred calls the C1 compiler has compiled the hot path,
   * and every copy contains the compiled code. At a small share of a processor the time ends first;
   * two rounds load all classes.
   */
  private static final int ROUNDS = 200;

  /** System property for another number of rounds, for tests and measurements. */
  private static final String ROUNDS_PROPERTY = "chatgate.warmup.rounds";

  /** Maximum time of the warm-up. Lambda allows at least 130 s for the start and the hooks. */
  private static final Duration MAX_WARM_UP = Duration.ofSeconds(60);

  /** Environment variable with the endpoint of a fake AWS; not set on Lambda. */
  private static final String AWS_ENDPOINT = "AWS_ENDPOINT_URL";

  /**
   * The JDK buffers random bytes and uses them for 100 ms of the system clock (class {@code
   * NativePRNG}). In a copy that clock may continue from the time of the snapshot, and then all
   * copies would use the same bytes for ids and TLS. Waiting this long before the snapshot makes
   * the buffered bytes too old to be used.
   */
  private static final Duration READ_AHEAD_IS_STALE_AFTER = Duration.ofMillis(250);

  /**
   * When the warm-up ends, the JIT compiler still has up to a second of queued work, which it would
   * otherwise do in each copy during the first call. The pause for it is the warm-up's time divided
   * by this, so that it is longer on slower machines.
   */
  private static final int COMPILER_PAUSE_DIVISOR = 10;

  private static final Logger LOG = System.getLogger(Snapshot.class.getName());

  private final BeanContext application;
  private final WarmUp.Entries entries;
  private final Pause pause;
  private final Prefetch prefetch;

  /**
   * For tests, which call the hooks themselves; {@link #of} registers them.
   *
   * @param application a started application
   * @param entries creates the entry to warm up
   * @param pause how to wait
   */
  public Snapshot(BeanContext application, WarmUp.Entries entries, Pause pause) {
    this.application = application;
    this.entries = entries;
    this.pause = pause;
    this.prefetch = new Prefetch(application);
  }

  /**
   * Registers the hooks.
   *
   * @param application a started application
   * @param entries creates the entry to warm up; called only if there is a snapshot
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
    int rounds = warmUp();
    var took = Duration.ofNanos(System.nanoTime() - began);
    application.getBean(CallLog.class).warmedUp(rounds, took);
    var provider = application.getBean(ProviderClient.class);
    provider.prepare();
    provider.forgetConnections();
    pause.pause(READ_AHEAD_IS_STALE_AFTER.plus(took.dividedBy(COMPILER_PAUSE_DIVISOR)));
    var _ = YoungGenFlush.empty();
  }

  /**
   * Runs the warm-up. If it fails, the function starts all the same, and only its first call is
   * slower.
   *
   * @return the rounds that were done; 0 if it failed
   */
  private int warmUp() {
    try {
      int rounds = Integer.getInteger(ROUNDS_PROPERTY, ROUNDS);
      return WarmUp.run(entries, transports(), rounds, MAX_WARM_UP).rounds();
    } catch (Exception | LinkageError e) {
      LOG.log(Level.WARNING, "the warm-up before the snapshot failed: {0}", e.toString());
      return 0;
    }
  }

  private WarmUp.Transports transports() {
    var provider = application.getBean(Settings.class).provider().baseUrl();
    return new WarmUp.Transports(
        "https".equals(provider.getScheme()),
        !System.getenv().getOrDefault(AWS_ENDPOINT, "").startsWith("http:"));
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    prefetch.fetch(Prefetch.WAITED_FOR);
  }
}
