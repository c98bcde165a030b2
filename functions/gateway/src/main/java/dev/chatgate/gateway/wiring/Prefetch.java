package dev.chatgate.gateway.wiring;

import dev.chatgate.Background;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.tenant.CachedTenantDirectory;
import dev.chatgate.usage.CachedPriceBook;
import io.micronaut.context.BeanContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/**
 * Fetches side by side what a first call would wait for: the credentials with the provider's key,
 * the prices, tenants and their keys, a connection to the provider. What fails or takes longer than
 * it may is left to the first call, which waits for what is begun already rather than begin it
 * again, but for its own tenant: that it looks up by itself.
 */
public final class Prefetch {
  /** Most that a start or a restore waits. */
  public static final Duration WAITED_FOR = Duration.ofSeconds(2);

  private static final Logger LOG = System.getLogger(Prefetch.class.getName());

  private final List<Runnable> fetches;

  /**
   * @param application a started application, of which nothing else need have been made
   */
  public Prefetch(BeanContext application) {
    var keys = application.getBean(ProviderKeys.class);
    var prices = application.getBean(CachedPriceBook.class);
    var tenants = application.getBean(CachedTenantDirectory.class);
    var provider = application.getBean(ProviderClient.class);
    fetches =
        List.of(
            quiet(keys::current),
            quiet(() -> prices.modelsOn(LocalDate.MIN)),
            quiet(tenants::lookAhead),
            quiet(provider::connect));
  }

  private static Runnable quiet(Runnable fetch) {
    return () -> {
      try {
        fetch.run();
      } catch (RuntimeException e) {
        // Interrupted, refused, damaged: the first call meets it again, and answers accordingly.
        LOG.log(Level.DEBUG, "left to the first call: {0}", e.getClass().getName());
      }
    };
  }

  /** What was begun. */
  record Begun(List<Thread> threads) {
    /**
     * Waits until all of it has ended.
     *
     * @param atMost most that is waited
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

  /** Begins to fetch, beside the caller. */
  Begun begin() {
    return new Begun(fetches.stream().map(fetch -> Background.start("ahead", fetch)).toList());
  }

  /**
   * Fetches.
   *
   * @param atMost most that is waited
   */
  public void fetch(Duration atMost) {
    begin().await(atMost);
  }
}
