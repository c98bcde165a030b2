package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.Compressed;
import dev.chatgate.provider.Compressed.Format;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InflatingStreamTest {
  private static final String TEXT = "data: {\"a\":\"bcd\"}\n\n".repeat(50);
  private static final List<Format> FORMATS = List.of(Format.values());

  private static InputStream of(Format format, InputStream in) {
    return format.isGzip() ? InflatingStream.gzip(in) : InflatingStream.deflate(in);
  }

  private static byte[] inflated(Format format, byte... bytes) throws IOException {
    try (var in = of(format, new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Hands out a few bytes a read, as a socket may. */
  private static InputStream trickling(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] to, int offset, int most) {
        return super.read(to, offset, Math.min(most, 1 + random.nextInt(9)));
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatWasCompressedComesOutWhateverTheReads(Format format) throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      byte[] bytes = new byte[random.nextInt(20_000)];
      if (random.nextBoolean()) {
        random.nextBytes(bytes);
      }
      var compressed = new Compressed(format);
      var all = joined(compressed.piece(bytes), compressed.piece(bytes), compressed.end());
      var in = of(format, trickling(all, random));
      var out = new ByteArrayOutputStream();
      byte[] to = new byte[1 + random.nextInt(3000)];
      int came = in.read(to);
      while (came >= 0) {
        out.write(to, 0, came);
        came = in.read(to, 0, 1 + random.nextInt(to.length));
      }
      assertArrayEquals(joined(bytes, bytes), out.toByteArray(), "seed " + seed);
      assertEquals(-1, in.read());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCutAnywhereIsNoEnd(Format format) throws IOException {
    byte[] whole = Compressed.whole(format, TEXT);
    for (int cut = 1; cut < whole.length; cut++) {
      byte[] part = Arrays.copyOf(whole, cut);
      assertThrows(EOFException.class, () -> inflated(format, part), "cut at " + cut);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAnEmptyBody(Format format) throws IOException {
    assertEquals(0, inflated(format).length);
    assertEquals(0, inflated(format, Compressed.whole(format, "")).length);
  }

  /** RFC 1952, section 2.2. */
  @Test
  void membersFollowOneAnother() throws IOException {
    var all =
        joined(
            Compressed.whole(Format.GZIP, "a"),
            Compressed.whole(Format.GZIP, ""),
            Compressed.whole(Format.GZIP, "bc"));
    assertEquals("abc", new String(inflated(Format.GZIP, all), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void whatStandsBehindTheEndIsLeftOut(Format format) throws IOException {
    for (var garbage :
        new byte[][] {{0}, {0, 0, 0, 0}, "garbage".getBytes(StandardCharsets.UTF_8)}) {
      var all = joined(Compressed.whole(format, "abc"), garbage);
      assertEquals("abc", new String(inflated(format, all), StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyPartOfAHeaderIsReadOver() throws IOException {
    byte[] plain = Compressed.whole(Format.GZIP, "abc");
    for (int flags = 0; flags < 32; flags++) {
      var header = new ByteArrayOutputStream();
      header.writeBytes(new byte[] {0x1F, (byte) 0x8B, 8, (byte) flags, 1, 2, 3, 4, 5, 6});
      if ((flags & 4) != 0) {
        header.writeBytes(new byte[] {3, 1});
        header.writeBytes(new byte[259]);
      }
      if ((flags & 8) != 0) {
        header.writeBytes("name\0".getBytes(StandardCharsets.UTF_8));
      }
      if ((flags & 16) != 0) {
        header.writeBytes("comment\0".getBytes(StandardCharsets.UTF_8));
      }
      if ((flags & 2) != 0) {
        header.writeBytes(new byte[] {9, 9});
      }
      var all = joined(header.toByteArray(), Arrays.copyOfRange(plain, 10, plain.length));
      assertEquals("abc", new String(inflated(Format.GZIP, all), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, -1, -5})
  void damageIsFound(int place) {
    byte[] whole = Compressed.whole(Format.GZIP, TEXT);
    whole[place < 0 ? whole.length + place : place] ^= (byte) 0xE1;
    assertThrows(ZipException.class, () -> inflated(Format.GZIP, whole));
  }

  @Test
  void plainTextIsNotTakenForCompressed() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    assertThrows(IOException.class, () -> inflated(Format.GZIP, text));
    assertThrows(IOException.class, () -> inflated(Format.ZLIB, text));
  }

  @Test
  void aDictionaryIsNotAsked() {
    var deflater = new Deflater();
    deflater.setDictionary("abc".getBytes(StandardCharsets.UTF_8));
    var out = new ByteArrayOutputStream();
    try (var compressing = new DeflaterOutputStream(out, deflater)) {
      compressing.write("abcabc".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    deflater.end();
    assertThrows(ZipException.class, () -> inflated(Format.ZLIB, out.toByteArray()));
  }

  @Test
  void anyBytesAreABodyOrAnException() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 20_000; run++) {
      var format = FORMATS.get(random.nextInt(FORMATS.size()));
      byte[] whole = Compressed.whole(format, TEXT.substring(random.nextInt(TEXT.length())));
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      }
      try (var in = of(format, trickling(whole, random))) {
        assertTrue(in.readAllBytes().length < 2_000_000, "seed " + seed);
      } catch (IOException e) {
        // A named end.
      }
    }
  }

  /** What the JDK writes is what the rest of the world writes. */
  @Test
  void theJdksOwnFormatIsRead() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(TEXT.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(
        TEXT, new String(inflated(Format.GZIP, out.toByteArray()), StandardCharsets.UTF_8));
  }
}
