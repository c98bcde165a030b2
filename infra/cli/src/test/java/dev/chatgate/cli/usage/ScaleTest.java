package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scales have few, equal and round steps. */
class ScaleTest {

  @ParameterizedTest
  @CsvSource({
    "0, '1 0'",
    "1, '1 0'",
    "3, '3 2 1 0'",
    "5, '6 4 2 0'",
    "67338577, '80_M 60_M 40_M 20_M 0'",
    "1553792101, '2_B 1.5_B 1_B 500_M 0'",
    "4001, '6_k 4_k 2_k 0'",
  })
  void numbers(long max, String ticks) {
    var scale = Scale.of(max);
    assertEquals(ticks, text(scale.ticks().stream().map(scale::number).toList()));
  }

  @ParameterizedTest
  @CsvSource({
    "1, '$0.000001 $0'",
    "3440, '$0.004 $0.003 $0.002 $0.001 $0'",
    "49184960, '$60 $40 $20 $0'",
    "1900000, '$2.00 $1.50 $1.00 $0.50 $0'",
    "5000000000, '$6_k $4_k $2_k $0'",
  })
  void dollars(long max, String ticks) {
    var scale = Scale.of(max);
    assertEquals(ticks, text(scale.ticks().stream().map(scale::dollars).toList()));
  }

  private static String text(List<String> ticks) {
    return ticks.stream().map(tick -> tick.replace('\u00A0', '_')).collect(Collectors.joining(" "));
  }

  @Test
  void everyScaleReachesItsValueWithAtMostFourRoundSteps() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long max = random.nextLong() >>> (4 + random.nextInt(60));
      var scale = Scale.of(max);
      assertTrue(
          scale.top() >= max && scale.top() - scale.step() < Math.max(1, max), "seed " + seed);
      assertTrue(scale.steps() >= 1 && scale.steps() <= 4, "seed " + seed);
      assertTrue(Long.toString(scale.step()).matches("[125]0*"), "seed " + seed);
      assertEquals(scale.steps() + 1, scale.ticks().size());
    }
  }
}
