package dev.chatgate.gateway;

import dev.chatgate.gateway.wiring.Prefetch;
import java.security.Provider;
import java.security.SecureRandomSpi;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The operating system's random bytes as a test chooses them, behind the process's {@code
 * SecureRandom}, which reads ahead as the JDK's own does ({@code
 * sun.security.provider.NativePRNG}): at most 64 KiB, used for 100 ms of the machine's clock, which
 * moves only when told to. To be registered as the first provider.
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

  /** What a snapshot holds of this. */
  final class Frozen {
    private final Prefetch ahead = KnownBytes.this.ahead;
    private final int position = KnownBytes.this.position;
    private final long nowMillis = KnownBytes.this.nowMillis;
  }

  KnownBytes() {
    super("KnownBytes", "1", "random bytes that a test knows");
    putService(new Known());
  }

  /** Moves the clock. */
  synchronized void pass(Duration time) {
    nowMillis += time.toMillis();
  }

  /** As a snapshot does. */
  synchronized Frozen freeze() {
    return new Frozen();
  }

  /**
   * As a restore does at its worst: the clock stands where the snapshot left it.
   *
   * @param frozen what the snapshot holds
   * @param seed of what the operating system gives from now on
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
