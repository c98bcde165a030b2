package dev.chatgate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Work beside the calls that no caller waits for. A failure is logged by its class alone: the JVM's
 * own report of an uncaught exception prints the message, which may quote what is stored.
 */
public final class Background {
  private static final Logger LOG = System.getLogger(Background.class.getName());

  private Background() {}

  /** Starts work on a virtual thread of its own. */
  public static Thread start(String name, Runnable work) {
    return Thread.ofVirtual().name(name).start(contained(name, work));
  }

  /** The same work, but that its failure ends here. */
  public static Runnable contained(String name, Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        LOG.log(Level.WARNING, "{0} failed: {1}", name, e.getClass().getName());
      }
    };
  }
}
