package dev.chatgate.gateway;

import dev.chatgate.gateway.wiring.Prefetch;
import java.security.Provider;
import java.security.SecureRandomSpi;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A security provider with a {@code SecureRandom} whose random bytes the test chooses. Like the
 * JDK's own ({@code sun.security.provider.NativePRNG}) it buffers up to 64 KiB and uses them for
 * 100 ms. The test sets the clock. Must be registered as the first provider.
 */
final class KnownBytes extends Provider {
  private static final long serialVersionUID = 1;
  private static final int READ_AHEAD = 64 * 1024;
  private static final long USED_FOR_MILLIS = 100;

  private transient SplittableRandom system = new SplittableRandom(0);
  private long nowMillis;
  private transient Prefetch ahead = new Prefetch(new byte[0], 0);
  private int position;

  @SuppressWarnings("ArrayRecordComponent")
  private record Prefetch(byte[] bytes, long readAtMillis) {}

  /** The state that a snapshot contains. */
  final class Frozen {
    private final Prefetch ahead = KnownBytes.this.ahead;
    private final int position = KnownBytes.this.position;
    private final long nowMillis = KnownBytes.this.nowMillis;
  }

  KnownBytes() {
    super("KnownBytes", "1", "random bytes that a test knows");
    putService(new Known());
  }

  /** Advances the clock. */
  synchronized void pass(Duration time) {
    nowMillis += time.toMillis();
  }

  /** Saves the state, as a snapshot does. */
  synchronized Frozen freeze() {
    return new Frozen();
  }

  /**
   * Restores the state in the worst case, in which the clock continues from the time of the
   * snapshot.
   *
   * @param frozen the saved state
   * @param seed determines the operating system's random bytes from now on
   */
  synchronized void restore(Frozen frozen, long seed) {
    ahead = frozen.ahead;
    position = frozen.position;
    nowMillis = frozen.nowMillis;
    system = new SplittableRandom(seed);
  }

  private synchronized void draw(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (position == ahead.bytes.length || nowMillis - ahead.readAtMillis >= USED_FOR_MILLIS) {
        ahead = new Prefetch(new byte[READ_AHEAD], nowMillis);
        system.nextBytes(ahead.bytes);
        position = 0;
      }
      bytes[i] = ahead.bytes[position++];
    }
  }

  private final class Known extends Provider.Service {
    Known() {
      super(KnownBytes.this, "SecureRandom", "Known", Spi.class.getName(), null, null);
    }

    @Override
    public Object newInstance(Object parameter) {
      return new Spi();
    }
  }

  private final class Spi extends SecureRandomSpi {
    private static final long serialVersionUID = 1;

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      draw(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int length) {
      var seed = new byte[length];
      draw(seed);
      return seed;
    }
  }
}
