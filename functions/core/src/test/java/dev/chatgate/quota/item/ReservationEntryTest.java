package dev.chatgate.quota.item;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReservationEntryTest {
  private static final ReservationEntry LARGEST =
      new ReservationEntry(
          255,
          ReservationEntry.MAX,
          ReservationEntry.MAX,
          ReservationEntry.MAX,
          0xFFFF_FFFFL,
          65_535,
          65_535,
          65_535,
          65_535);

  @Test
  void packingLosesNothing() {
    assertEquals(LARGEST, ReservationEntry.unpack(LARGEST.pack()));
    var random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      var entry = any(random);
      assertEquals(ReservationEntry.BYTES, entry.pack().length);
      assertEquals(entry, ReservationEntry.unpack(entry.pack()));
    }
  }

  private static ReservationEntry any(Random random) {
    return new ReservationEntry(
        random.nextInt(256),
        random.nextLong(ReservationEntry.MAX + 1),
        random.nextLong(ReservationEntry.MAX + 1),
        random.nextLong(ReservationEntry.MAX + 1),
        random.nextLong(1L << 32),
        random.nextInt(1 << 16),
        random.nextInt(1 << 16),
        random.nextInt(1 << 16),
        random.nextInt(1 << 16));
  }

  /** A later release puts more behind the 28 bytes. */
  @Test
  void bytesBehindAnEntryAreKept() {
    var random = new Random(4);
    for (int more = 0; more < 300; more++) {
      var longer = Arrays.copyOf(any(random).pack(), ReservationEntry.BYTES + more);
      for (int i = ReservationEntry.BYTES; i < longer.length; i++) {
        longer[i] = (byte) random.nextInt(256);
      }
      var entry = ReservationEntry.unpack(longer);
      assertArrayEquals(longer, entry.pack());
      assertEquals(more, entry.rest().length());
      assertEquals(ReservationEntry.unpack(longer), entry);
    }
    var one = ReservationEntry.unpack(Arrays.copyOf(LARGEST.pack(), 29));
    assertNotEquals(LARGEST, one);
    assertEquals(LARGEST.tokens(), one.tokens());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new ReservationEntry(256, 1, 1, 1, 1, 1, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ReservationEntry(1, ReservationEntry.MAX + 1, 1, 1, 1, 1, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ReservationEntry(1, 1, -1, 1, 1, 1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> ReservationEntry.unpack(new byte[27]));
  }
}
