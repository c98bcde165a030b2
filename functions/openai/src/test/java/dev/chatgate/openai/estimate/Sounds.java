package dev.chatgate.openai.estimate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Files of sound as encoders write them, as far as their heads go; what follows is random. */
public final class Sounds {
  private static final long SEED = 7;

  private Sounds() {}

  public static byte[] noise(int bytes) {
    var noise = new byte[bytes];
    new Random(SEED).nextBytes(noise);
    return noise;
  }

  private static ByteBuffer over(byte[] noise) {
    return ByteBuffer.wrap(noise);
  }

  private static byte[] latin(String text) {
    return text.getBytes(ISO_8859_1);
  }

  public static byte[] wav(int seconds, int bytesPerSecond) {
    var file = noise(44 + seconds * bytesPerSecond);
    over(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(latin("RIFF"))
        .putInt(file.length - 8)
        .put(latin("WAVEfmt "))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(bytesPerSecond / 2)
        .putInt(bytesPerSecond)
        .putShort((short) 2)
        .putShort((short) 16)
        .put(latin("data"))
        .putInt(file.length - 44);
    return file;
  }

  /**
   * MPEG 1 layer III at 44.1 kHz behind an ID3 tag of 1,000 bytes; the index names the bit rate.
   */
  public static byte[] mp3(int seconds, int kbit, int index) {
    var file = noise(1010 + seconds * kbit * 125);
    over(file).put(latin("ID3")).put(new byte[] {4, 0, 0, 0, 0, 7, 104});
    over(file).position(1010).put(new byte[] {(byte) 0xFF, (byte) 0xFB, (byte) (index << 4), 0});
    return file;
  }

  /** MPEG 2 layer III at 24 kHz, 32 kbit/s: speech. */
  public static byte[] speechMp3(int seconds) {
    var file = noise(seconds * 4_000);
    over(file).put(new byte[] {(byte) 0xFF, (byte) 0xF3, (byte) (4 << 4 | 4), (byte) 0xC0});
    return file;
  }

  /** With the number of frames in its first one, whose own bit rate says nothing. */
  public static byte[] variableMp3(int seconds, int meanKbit) {
    var file = noise(seconds * meanKbit * 125);
    over(file).put(new byte[] {(byte) 0xFF, (byte) 0xFB, (byte) (14 << 4), 0});
    over(file).position(36).put(latin("Xing")).putInt(1).putInt(seconds * 44_100 / 1152);
    return file;
  }

  public static byte[] flac(int seconds, int bytesPerSecond) {
    var file = noise(seconds * bytesPerSecond);
    over(file)
        .put(latin("fLaC"))
        .putInt(34)
        .position(18)
        .putLong(16_000L << 44 | 15L << 36 | seconds * 16_000L);
    return file;
  }

  public static byte[] oggOpus(int seconds, int bytesPerSecond) {
    var file = noise(seconds * bytesPerSecond);
    over(file).put(latin("OggS")).position(28).put(latin("OpusHead"));
    over(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(file.length - 4_000)
        .put(latin("OggS\0\4"))
        .putLong(seconds * 48_000L);
    return file;
  }

  public static byte[] adts(int seconds, int frameBytes) {
    int frames = seconds * 44_100 / 1024;
    var file = noise(frames * frameBytes);
    for (int i = 0; i < frames; i++) {
      over(file)
          .position(i * frameBytes)
          .put((byte) 0xFF)
          .put((byte) 0xF1)
          .put((byte) (1 << 6 | 4 << 2))
          .put((byte) (frameBytes >> 11))
          .put((byte) (frameBytes >> 3))
          .put((byte) (frameBytes << 5));
    }
    return file;
  }

  public static byte[] m4a(int seconds, int bytesPerSecond) {
    var file = noise(seconds * bytesPerSecond);
    over(file).putInt(32).put(latin("ftypM4A "));
    over(file)
        .position(file.length - 200)
        .put(latin("mvhd"))
        .putInt(0)
        .putLong(0)
        .putInt(44_100)
        .putInt(seconds * 44_100);
    return file;
  }

  public static byte[] webm(int seconds, int bytesPerSecond) {
    var file = noise(seconds * bytesPerSecond);
    over(file).putInt(0x1A45DFA3);
    return file;
  }
}
