package dev.chatgate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Starts background work that no caller waits for. A failure is logged by its class alone: the
 * JVM's own report of an uncaught exception prints the message, which may quote what is stored.
 */
public final class Background {
  private static final Logger LOG = System.getLogger(Background.class.getName());

  private Background() {}

  /** Starts work on a virtual thread of its own. */
  public static Thread start(String name, Runnable work) {
    return Thread.ofVirtual().name(name).start(loggingFailures(name, work));
  }

  /** Wraps work so that an exception is logged and not thrown. */
  public static Runnable loggingFailures(String name, Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        LOG.log(Level.WARNING, "{0} failed: {1}", name, e.getClass().getName());
      }
    };
  }
}
