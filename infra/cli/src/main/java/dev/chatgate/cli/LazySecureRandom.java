package dev.chatgate.cli;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** A {@link SecureRandom} that is created on first use, because most commands do not need one. */
final class LazySecureRandom implements RandomGenerator {
  private static final class Holder {
    private static final SecureRandom RANDOM = new SecureRandom();
  }

  @Override
  public long nextLong() {
    return Holder.RANDOM.nextLong();
  }

  @Override
  public int nextInt() {
    return Holder.RANDOM.nextInt();
  }

  @Override
  public void nextBytes(byte[] bytes) {
    Holder.RANDOM.nextBytes(bytes);
  }
}
