package dev.chatgate.quota.item;

import dev.chatgate.time.StoreClock;
import java.math.BigInteger;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Minute limits as token buckets in their dual form, the generic cell rate algorithm (ITU-T I.371):
 * the state is one instant, the theoretical arrival time (TAT), until which the bucket is taken. In
 * nanoseconds: at 100,000 tokens a minute a token is 0.6 ms, and a coarser grain would refuse the
 * last token of an exact fit.
 */
public final class Buckets {
  /**
   * A full bucket, in nanoseconds: a minute and one microsecond. Each charge is rounded up by less
   * than 1 ns; the microsecond gives back that of 1,000 charges, and is less than a token below 60
   * million tokens a minute.
   */
  public static final long FULL_NANOS = 60_000_000_000L + 1_000;

  /**
   * How far before the present a TAT may lie and still be extended, instead of being set to the
   * present: 250 ms, in nanoseconds. The conditions of the two writes overlap by this, so that
   * concurrent writes rarely make each other's condition false. A bucket may be behind an exact one
   * by this much and never by more: in any time t it admits at most limit × (1 + (t + 250 ms) / 60
   * s). Below 240 requests a minute, the 250 ms add less than one request.
   */
  public static final long OVERLAP_NANOS = 250_000_000L;

  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final long NANOS_A_SECOND = 1_000_000_000L;
  private static final double HASHES = 1L << Integer.SIZE;

  /**
   * What no TAT legally exceeds, seen from now: a full bucket and 10 s, more than two clocks that
   * {@link StoreClock} leaves alone can differ by.
   */
  public static final long MAX_TAT_AHEAD_NANOS = 70 * NANOS_A_SECOND;

  /** No charge is longer: some 31 years, so that adding one to the present fits in 63 bits. */
  private static final long MAX_NANOS = 1_000_000_000L * NANOS_A_SECOND;

  private Buckets() {}

  /** Epoch nanoseconds of an instant, until the year 2262. */
  public static long nanosOf(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS_A_SECOND), instant.getNano());
  }

  /**
   * Bucket time of an amount: amount × 60 s / limit, rounded up, at most 31 years.
   *
   * @param amount requests or tokens
   * @param limit per minute; absent or 0: no time
   */
  public static long nanosFor(long amount, OptionalLong limit) {
    if (limit.isEmpty() || limit.getAsLong() == 0) {
      return 0;
    }
    long rounding = limit.getAsLong() - 1;
    return Math.min(MAX_NANOS, mulDiv(amount, MINUTE_NANOS, rounding, limit.getAsLong()));
  }

  /** What fits in a stretch of bucket time: nanos × limit / 60 s, rounded down, 0 to the limit. */
  static long fits(long nanos, long limit) {
    return nanos <= 0 ? 0 : Math.min(limit, mulDiv(nanos, limit, 0, MINUTE_NANOS));
  }

  /** The amount that a stretch of bucket time stands for, rounded up. */
  public static long amountOf(long nanos, long limit) {
    return nanos <= 0 ? 0 : mulDiv(nanos, limit, MINUTE_NANOS - 1, MINUTE_NANOS);
  }

  /**
   * Whether a charge should set a TAT to the present plus the charge, instead of extending it by
   * the charge. From {@link #OVERLAP_NANOS} on, every call sets it. Before that, few calls do, and
   * the more of them the older the TAT is: if all calls that are on their way set it, only the
   * first one finds its condition true.
   *
   * @param tat the TAT as last seen, 0 if there is none
   * @param now epoch nanoseconds
   * @param id the call's reservation id, which is random
   */
  public static boolean isIdle(long tat, long now, String id) {
    double uniform = Integer.toUnsignedLong(id.hashCode()) / HASHES;
    // Of calls that see a TAT of the age x times the overlap, x to the fourth power set it.
    double share = Math.sqrt(Math.sqrt(uniform));
    return tat < now - (long) (share * OVERLAP_NANOS);
  }

  /** Nanoseconds until which the request bucket is taken, from now. */
  public static long takenByRequests(QuotaItem item, long now) {
    return Math.max(item.number(ItemNames.REQUESTS_TAT) - now, 0);
  }

  /** Nanoseconds of the token bucket that are settled and not yet drained, or held. */
  public static long takenByTokens(QuotaItem item, long now) {
    return Math.max(
        item.number(ItemNames.TOKENS_VIRTUAL) - now, item.number(ItemNames.TOKENS_HELD));
  }

  /**
   * What would be granted now of a bucket.
   *
   * @param limit per minute
   * @param takenNanos bucket time that is taken
   * @return 0 to {@code limit}
   */
  public static long remaining(long limit, long takenNanos) {
    return fits(FULL_NANOS - takenNanos, limit);
  }

  /** (a × b + c) / d, rounded down; saturated to 63 bits. */
  private static long mulDiv(long a, long b, long c, long d) {
    if (Math.multiplyHigh(a, b) == 0 && a * b >= 0 && a * b <= Long.MAX_VALUE - c) {
      return (a * b + c) / d;
    }
    var exact =
        BigInteger.valueOf(a)
            .multiply(BigInteger.valueOf(b))
            .add(BigInteger.valueOf(c))
            .divide(BigInteger.valueOf(d));
    return exact.bitLength() > 62 ? Long.MAX_VALUE >> 1 : exact.longValueExact();
  }
}
