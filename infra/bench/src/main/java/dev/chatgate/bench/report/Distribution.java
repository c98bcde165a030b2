package dev.chatgate.bench.report;

import java.util.Arrays;
import java.util.Collection;

/** Measured values, sorted. */
public final class Distribution {
  private final long[] sorted;

  /**
   * @param values at least one
   */
  public Distribution(Collection<Long> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /** The number of values. */
  public int size() {
    return sorted.length;
  }

  /**
   * A percentile by the nearest-rank method, which is always a measured value.
   *
   * @param percent above 0 and at most 100
   */
  public long percentile(double percent) {
    if (percent <= 0 || percent > 100) {
      throw new IllegalArgumentException("a percentile is above 0 and at most 100");
    }
    return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
  }

  /** The 50th percentile. */
  public long median() {
    return percentile(50);
  }

  @Override
  public String toString() {
    return Arrays.toString(sorted);
  }
}
