package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long it is remembered that a model cannot be asked for usage. */
class StreamUsageSupportTest {
  @Test
  void theMemoryEnds() {
    var refusers = new StreamUsageSupport();
    var start = Instant.EPOCH;
    refusers.add("m", start);
    assertTrue(refusers.contains("m", start.plus(StreamUsageSupport.REMEMBERED).minusNanos(1)));
    assertFalse(refusers.contains("m", start.plus(StreamUsageSupport.REMEMBERED)));
    assertFalse(refusers.contains("m", start));
    refusers.add("m", start);
    assertFalse(refusers.contains("n", start));
    refusers.remove("m");
    assertFalse(refusers.contains("m", start));
  }

  @Test
  void theMemoryIsBounded() {
    var refusers = new StreamUsageSupport();
    for (int i = 0; i <= 1_000; i++) {
      refusers.add("m" + i, Instant.EPOCH);
    }
    assertFalse(refusers.contains("m0", Instant.EPOCH));
    assertTrue(refusers.contains("m1", Instant.EPOCH));
  }
}
