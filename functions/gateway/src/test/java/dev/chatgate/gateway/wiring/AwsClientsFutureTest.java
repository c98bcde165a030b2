package dev.chatgate.gateway.wiring;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class AwsClientsFutureTest {
  /** A failure in the background thread is thrown unchanged to the waiting thread. */
  @Test
  void aRuntimeExceptionIsThrownUnchanged() {
    var noRegion = new IllegalStateException("no region");
    assertSame(noRegion, assertThrows(IllegalStateException.class, failed(noRegion)::finished));
  }

  @Test
  void anErrorIsTheCauseOfTheException() {
    var missing = new NoClassDefFoundError("a class");
    var thrown = assertThrows(CompletionException.class, failed(missing)::finished);
    assertSame(missing, thrown.getCause());
  }

  private static AwsClientsFuture failed(Throwable failure) {
    return new AwsClientsFuture(CompletableFuture.failedFuture(failure));
  }
}
