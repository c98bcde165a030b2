package dev.chatgate.gateway.wiring;

import dev.chatgate.Background;
import dev.chatgate.identity.keyset.FetchedKeySets;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.secret.SigningSecrets;
import dev.chatgate.tenant.CachedTenantDirectory;
import dev.chatgate.usage.CachedPriceBook;
import io.micronaut.context.BeanContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/**
 * Fetches in parallel what a first call would wait for: AWS credentials, the provider's key and the
 * signing secret, prices, tenants and their keys, key sets of logins, a connection to the provider.
 * If a fetch fails or takes too long, the first call fetches the data. It joins a fetch that is
 * still running, except for its own tenant, which it looks up separately.
 */
public final class Prefetch {
  /** Maximum wait at a start or after a restore. */
  public static final Duration WAITED_FOR = Duration.ofSeconds(2);

  /** Most tenants for which key sets are read ahead: each may cost a read. */
  private static final int MAX_TENANTS = 20;

  private static final Logger LOG = System.getLogger(Prefetch.class.getName());

  private final List<Runnable> fetches;

  /**
   * @param application a started application; other beans need not exist yet
   */
  public Prefetch(BeanContext application) {
    var keys = application.getBean(ProviderKeys.class);
    var signingSecrets = application.getBean(SigningSecrets.class);
    var prices = application.getBean(CachedPriceBook.class);
    var tenants = application.getBean(CachedTenantDirectory.class);
    var keySets = application.getBean(FetchedKeySets.class);
    var provider = application.getBean(ProviderClient.class);
    fetches =
        List.of(
            quiet(keys::current),
            quiet(signingSecrets::current),
            quiet(() -> prices.pricesOn(LocalDate.MIN)),
            quiet(() -> lookAhead(tenants, keySets)),
            quiet(provider::connect));
  }

  /** The key sets of the logins are read after the tenants that accept them. */
  private static void lookAhead(CachedTenantDirectory tenants, FetchedKeySets keySets) {
    tenants.lookAhead();
    var issuers =
        tenants.index().logins().values().stream()
            .distinct()
            .limit(MAX_TENANTS)
            .flatMap(tenant -> tenants.find(tenant).stream())
            .flatMap(tenant -> tenant.issuers().stream())
            .toList();
    keySets.prefetch(issuers);
  }

  private static Runnable quiet(Runnable fetch) {
    return () -> {
      try {
        fetch.run();
      } catch (RuntimeException e) {
        // The first call repeats the fetch and handles the failure.
        LOG.log(
            Level.DEBUG, "prefetch failed; left to the first call: {0}", e.getClass().getName());
      }
    };
  }

  /** Fetches in progress. */
  record Running(List<Thread> threads) {
    /**
     * Waits until all fetches have ended.
     *
     * @param atMost maximum wait
     */
    void await(Duration atMost) {
      long end = System.nanoTime() + atMost.toNanos();
      try {
        for (var thread : threads) {
          var _ = thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Starts the fetches in background threads. */
  Running begin() {
    return new Running(fetches.stream().map(fetch -> Background.start("prefetch", fetch)).toList());
  }

  /**
   * Fetches and waits.
   *
   * @param atMost maximum wait
   */
  public void fetch(Duration atMost) {
    begin().await(atMost);
  }
}
