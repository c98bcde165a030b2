package dev.chatgate.quota.item;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryTest {
  private static final Entry LARGEST =
      new Entry(
          255, Entry.MOST, Entry.MOST, Entry.MOST, 0xFFFF_FFFFL, 65_535, 65_535, 65_535, 65_535);

  @Test
  void packingLosesNothing() {
    assertEquals(LARGEST, Entry.unpack(LARGEST.pack()));
    var random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      var entry = any(random);
      assertEquals(Entry.BYTES, entry.pack().length);
      assertEquals(entry, Entry.unpack(entry.pack()));
    }
  }

  private static Entry any(Random random) {
    return new Entry(
        random.nextInt(256),
        random.nextLong(Entry.MOST + 1),
        random.nextLong(Entry.MOST + 1),
        random.nextLong(Entry.MOST + 1),
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
      var longer = Arrays.copyOf(any(random).pack(), Entry.BYTES + more);
      for (int i = Entry.BYTES; i < longer.length; i++) {
        longer[i] = (byte) random.nextInt(256);
      }
      var entry = Entry.unpack(longer);
      assertArrayEquals(longer, entry.pack());
      assertEquals(more, entry.rest().length());
      assertEquals(Entry.unpack(longer), entry);
    }
    var one = Entry.unpack(Arrays.copyOf(LARGEST.pack(), 29));
    assertNotEquals(LARGEST, one);
    assertEquals(LARGEST.tokens(), one.tokens());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Entry(256, 1, 1, 1, 1, 1, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Entry(1, Entry.MOST + 1, 1, 1, 1, 1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Entry(1, 1, -1, 1, 1, 1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Entry.unpack(new byte[27]));
  }
}
