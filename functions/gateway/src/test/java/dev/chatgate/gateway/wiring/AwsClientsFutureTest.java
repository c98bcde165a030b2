package dev.chatgate.gateway.wiring;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class AwsClientsFutureTest {
  /** A start that fails says why by its own name, as if nothing had been beside it. */
  @Test
  void whatTheirMakingThrowsIsThrownAsItIs() {
    var noRegion = new IllegalStateException("no region");
    assertSame(noRegion, assertThrows(IllegalStateException.class, failed(noRegion)::finished));
  }

  @Test
  void anErrorIsTheCauseOfWhatIsThrown() {
    var missing = new NoClassDefFoundError("a class");
    var thrown = assertThrows(CompletionException.class, failed(missing)::finished);
    assertSame(missing, thrown.getCause());
  }

  private static AwsClientsFuture failed(Throwable failure) {
    return new AwsClientsFuture(CompletableFuture.failedFuture(failure));
  }
}
