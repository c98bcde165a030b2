package dev.chatgate.quota.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.RequestId;
import java.math.BigInteger;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BucketsTest {
  @Test
  void bucketTimeIsExactForAnyAmountAndLimit() {
    var random = new Random(5);
    for (int round = 0; round < 10_000; round++) {
      long limit = 1 + random.nextLong(1L << random.nextInt(1, 41));
      long amount = random.nextLong(limit + 1);
      var exact =
          BigInteger.valueOf(amount)
              .multiply(BigInteger.valueOf(60_000_000_000L))
              .add(BigInteger.valueOf(limit - 1))
              .divide(BigInteger.valueOf(limit));
      assertEquals(exact.longValueExact(), Buckets.nanosFor(amount, OptionalLong.of(limit)));
    }
  }

  @Test
  void withoutALimitNothingIsCharged() {
    assertEquals(0, Buckets.nanosFor(1_000, OptionalLong.empty()));
  }

  @Test
  void manyCallsExtendATatOfLateAndEachSetsAnOlderOne() {
    var random = new Random(7);
    long now = 2_000_000_000_000_000_000L;
    int sets = 0;
    for (int call = 0; call < 10_000; call++) {
      var id = RequestId.fresh(random).reservationId();
      assertFalse(Buckets.isIdle(now, now, id));
      assertTrue(Buckets.isIdle(now - Buckets.OVERLAP_NANOS, now, id));
      sets += Buckets.isIdle(now - Buckets.OVERLAP_NANOS / 2, now, id) ? 1 : 0;
    }
    assertEquals(10_000.0 / 16, sets, 100);
  }

  @Test
  void noChargeOverflowsTheClock() {
    long most = Buckets.nanosFor(ReservationEntry.MAX, OptionalLong.of(1));
    assertTrue(most + 2_000_000_000_000_000_000L > 0);
  }

  @Test
  void anEmptyBucketFitsExactlyItsLimit() {
    for (long limit : new long[] {1, 7, 60, 100_000, 59_999_999, 1L << 40}) {
      assertEquals(limit, Buckets.fits(Buckets.FULL_NANOS, limit));
      assertEquals(0, Buckets.fits(-5, limit));
    }
  }
}
