package dev.chatgate.provider.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A connection to the provider that is checked, or made, in the background. The call that needs it
 * learns whether that succeeded.
 */
public final class ConnectionWarmUp {
  /** There is nothing to wait for. */
  public static final ConnectionWarmUp NOW =
      new ConnectionWarmUp(new FutureTask<>(() -> Boolean.TRUE));

  static {
    NOW.task.run();
  }

  private final FutureTask<Boolean> task;

  private ConnectionWarmUp(FutureTask<Boolean> task) {
    this.task = task;
  }

  /** Begins to connect on a thread of its own. */
  static ConnectionWarmUp begin(Callable<Boolean> connecting) {
    var task = new FutureTask<Boolean>(connecting);
    Thread.ofVirtual().name("provider-connection").start(task);
    return new ConnectionWarmUp(task);
  }

  /**
   * Waits for it.
   *
   * @throws IOException why there is no connection
   */
  public void await(Duration atMost) throws IOException {
    try {
      var _ = task.get(Math.max(1, atMost.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("connecting took too long");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
