package dev.chatgate.streaming;

import java.io.IOException;

/** Runs one loop, or many at once; ends when there is nothing left to run. */
final class Loops {

  private Loops() {}

  /** One invocation after the other, on this thread. Returns the process's exit code. */
  static int one(RuntimeApi api, StreamingHandler handler) {
    return ended(new InvocationLoop(api, handler, true));
  }

  /**
   * As many loops as Lambda wants, each on a virtual thread with connections of its own. A loop
   * that ends leaves the others to finish what they are at; a broken container ends all at once.
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
