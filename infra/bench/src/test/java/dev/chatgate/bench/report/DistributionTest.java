package dev.chatgate.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void aPercentileIsAlwaysAMeasuredValueByNearestRank() {
    var hundred = new Distribution(LongStream.rangeClosed(1, 100).boxed().toList().reversed());
    assertEquals(50, hundred.median());
    assertEquals(99, hundred.percentile(99));
    assertEquals(100, hundred.percentile(99.1));
    assertEquals(1, hundred.percentile(0.1));
    assertEquals(100, hundred.percentile(100));
  }

  @Test
  void theMedianOfTwoValuesIsTheSmaller() {
    assertEquals(3, new Distribution(List.of(9L, 3L)).median());
  }

  @Test
  void theOnlyValueIsEveryPercentile() {
    var one = new Distribution(List.of(7L));
    assertEquals(List.of(7L, 7L, 7L), List.of(one.percentile(1), one.median(), one.percentile(99)));
  }

  @Test
  void noValuesOrAnInvalidPercentIsAnError() {
    assertThrows(IllegalArgumentException.class, () -> new Distribution(List.of()));
    var one = new Distribution(List.of(7L));
    assertThrows(IllegalArgumentException.class, () -> one.percentile(0));
    assertThrows(IllegalArgumentException.class, () -> one.percentile(101));
  }
}
