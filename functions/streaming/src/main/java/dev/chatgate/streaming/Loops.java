package dev.chatgate.streaming;

import java.io.IOException;

/** Runs one invocation loop, or several at once, until they end. */
final class Loops {

  private Loops() {}

  /** Runs one loop on this thread. Returns the process's exit code. */
  static int one(RuntimeApi api, StreamingHandler handler) {
    return ended(new InvocationLoop(api, handler, true));
  }

  /**
   * Runs {@code count} loops, each on a virtual thread with its own connections. When one loop
   * ends, the others go on; if Lambda reports a broken container, the process exits at once.
   */
  static int many(Connector connector, StreamingHandler handler, int count)
      throws InterruptedException {
    Thread[] threads = new Thread[count];
    for (int i = 0; i < count; i++) {
      InvocationLoop loop = new InvocationLoop(new RuntimeApi(connector), handler, false);
      threads[i] = Thread.ofVirtual().name("invocations-", i).start(() -> ended(loop));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return 1;
  }

  private static int ended(InvocationLoop loop) {
    try {
      loop.run();
    } catch (RuntimeApiException e) {
      Log.fatal(String.valueOf(e.getMessage()));
      if (e.brokenContainer()) {
        System.exit(1);
      }
    } catch (IOException e) {
      Log.failure("", "no next invocation", e);
    } catch (Throwable t) {
      Log.failure("", "the loop ends", t);
    }
    return 1;
  }
}
