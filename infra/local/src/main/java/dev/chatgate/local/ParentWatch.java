package dev.chatgate.local;

import java.time.Duration;
import java.util.Optional;

/**
 * Notices that the process that started this one is gone. Maven leaves its children running when it
 * is killed, and a killed process can tell nobody; so the child looks. The parent's number is
 * compared, for a dead parent that nobody has waited for still counts as alive.
 */
public final class ParentWatch {
  private static final Duration EVERY = Duration.ofMillis(50);

  private ParentWatch() {}

  /**
   * Runs something once the present parent is gone.
   *
   * @param gone what, in a thread of its own
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
