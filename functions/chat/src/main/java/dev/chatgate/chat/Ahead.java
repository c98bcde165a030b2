package dev.chatgate.chat;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.openai.provider.ProviderClient;
import dev.chatgate.provider.ProviderKeyUnavailableException;
import dev.chatgate.provider.ProviderKeys;
import dev.chatgate.tenant.CachedTenantDirectory;
import dev.chatgate.usage.CachedPriceBook;
import io.micronaut.context.BeanContext;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches side by side what a first call would wait for: the credentials with the provider's key,
 * the prices, tenants and their keys, a connection to the provider.
 */
final class Ahead {
  private static final Logger LOG = System.getLogger(Ahead.class.getName());

  private final List<Runnable> fetches;

  /**
   * @param application a started application
   */
  Ahead(BeanContext application) {
    fetches =
        List.of(
            quiet(() -> application.getBean(ProviderKeys.class).current()),
            quiet(() -> application.getBean(CachedPriceBook.class).modelsOn(LocalDate.MIN)),
            quiet(() -> application.getBean(CachedTenantDirectory.class).lookAhead()),
            quiet(() -> application.getBean(ProviderClient.class).connect()));
  }

  private static Runnable quiet(Runnable fetch) {
    return () -> {
      try {
        fetch.run();
      } catch (ProviderKeyUnavailableException
          | StoreUnavailableException
          | UncheckedIOException e) {
        LOG.log(Level.DEBUG, "left to the first call: {0}", e.getClass().getName());
      }
    };
  }

  /**
   * Fetches. What fails or takes longer is left to the first call, which waits for what is begun
   * already rather than begin it again.
   *
   * @param atMost most that is waited
   */
  void fetch(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    var begun = new ArrayList<Thread>(fetches.size());
    for (var fetch : fetches) {
      begun.add(Thread.ofVirtual().name("ahead").start(fetch));
    }
    try {
      for (var one : begun) {
        var _ = one.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
