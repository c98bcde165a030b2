package dev.chatgate.local;

import java.time.Duration;
import java.util.Optional;

/**
 * Detects the end of the parent process by polling. Maven does not stop its children when it is
 * killed. The process IDs are compared, because a zombie still counts as alive.
 */
public final class ParentWatch {
  private static final Duration EVERY = Duration.ofMillis(50);

  private ParentWatch() {}

  /**
   * Calls back once the present parent has ended.
   *
   * @param gone is called once, in a thread of its own
   */
  public static void start(Runnable gone) {
    Optional<Long> parent = parent();
    Thread.ofPlatform().daemon().name("parent-watch").start(() -> watch(parent, gone));
  }

  private static void watch(Optional<Long> parent, Runnable gone) {
    try {
      while (parent().equals(parent)) {
        Thread.sleep(EVERY);
      }
      gone.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Long> parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid);
  }
}
