package dev.chatgate.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class YoungGenFlushTest {
  @Test
  void emptyingCollectsOnlyTheYoungGeneration() {
    long young = collections("Copy", "G1 Young Generation");
    long whole = collections("MarkSweepCompact", "G1 Old Generation");
    assertTrue(YoungGenFlush.empty());
    assertTrue(collections("Copy", "G1 Young Generation") > young);
    assertEquals(whole, collections("MarkSweepCompact", "G1 Old Generation"));
  }

  /** The names of the serial and of the G1 collector's beans. */
  private static long collections(String... collectors) {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> List.of(collectors).contains(collector.getName()))
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}
