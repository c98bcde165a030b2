package dev.chatgate.openai.estimate;

import java.util.OptionalLong;

/**
 * How long sound plays. WAV, FLAC, MP3, Ogg, AAC in ADTS and MP4 files say it in their heads, and
 * are believed within what their bytes can hold. For all else a format has a rate that is low for
 * it, in bytes a second, so that the length errs high: at most 3 times for ordinary speech.
 *
 * <ul>
 *   <li>PCM without a head: {@value #PCM}, 16 bits at 16 kHz (OpenAI's {@code pcm16}: 24 kHz);
 *   <li>G.711: {@value #G711}, as its standard says;
 *   <li>MP3 and FLAC without a readable head: {@value #MP3} and {@value #FLAC};
 *   <li>AAC: {@value #AAC}, 48 kbit/s; Opus, Vorbis and WebM: {@value #OPUS}, 24 kbit/s;
 *   <li>AMR: {@value #AMR}, some 6 kbit/s;
 *   <li>a format that is not known: {@value #OPUS}.
 * </ul>
 */
public final class AudioLength {
  private static final int PCM = 32_000;
  private static final int G711 = 8_000;
  private static final int MP3 = 8_000;
  private static final int FLAC = 16_000;
  private static final int AAC = 6_000;
  private static final int OPUS = 3_000;
  private static final int AMR = 800;

  /** Stereo of 16 bits at 48 kHz: a head that claims more is not believed. */
  private static final int MAX_RATE = 192_000;

  private static final int MIN_RATE = 500;
  private static final int MAX_MP3_RATE = 40_000;
  private static final int MAX_OGG_RATE = 64_000;
  private static final int MAX_OGG_PAGE = 65_307;
  private static final int MAX_SYNC = 4096;
  private static final int[] MPEG1_KBIT = {
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0
  };
  private static final int[] MPEG2_KBIT = {
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0
  };
  private static final int[] MPEG1_HZ = {44_100, 48_000, 32_000, 0};
  private static final int[] ADTS_HZ = {
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350, 0, 0, 0
  };

  private AudioLength() {}

  /** In milliseconds, of bytes in a named format: as clients name it, or a media subtype. */
  public static long byFormat(String format, long bytes) {
    return at(
        switch (format) {
          case "pcm", "pcm16", "l16", "wav", "x-wav", "wave" -> PCM;
          case "g711_ulaw", "g711_alaw", "pcmu", "pcma", "basic", "mulaw", "alaw" -> G711;
          case "mp3", "mpeg", "mpga" -> MP3;
          case "flac", "x-flac" -> FLAC;
          case "aac", "aacp", "m4a", "x-m4a", "mp4" -> AAC;
          case "amr", "amr-wb", "3gpp" -> AMR;
          default -> OPUS;
        },
        bytes);
  }

  /** In milliseconds, by the bytes' own form; empty if they have none of those known. */
  static OptionalLong millis(Base64Text sound) {
    if (sound.has(0, "RIFF") && sound.has(8, "WAVE")) {
      return OptionalLong.of(wav(sound));
    }
    if (sound.has(0, "fLaC")) {
      return OptionalLong.of(flac(sound));
    }
    if (sound.has(0, "OggS")) {
      return OptionalLong.of(ogg(sound));
    }
    if (sound.has(0, "#!AMR")) {
      return OptionalLong.of(at(AMR, sound.length()));
    }
    if (sound.has(4, "ftypM4A") || sound.has(4, "ftypM4B")) {
      return OptionalLong.of(mp4(sound));
    }
    if (sound.has(0, "ID3") || isFrame(sound, 0)) {
      return OptionalLong.of(mp3(sound));
    }
    return sound.at(0) == 0xFF && (sound.at(1) & 0xF6) == 0xF0
        ? OptionalLong.of(adts(sound))
        : OptionalLong.empty();
  }

  private static long wav(Base64Text wav) {
    int at = 12;
    for (int chunk = 0; chunk < 8 && !wav.has(at, "fmt "); chunk++) {
      at = (int) Math.min(wav.length(), at + 8L + wav.littleEndian(at + 4, 4));
    }
    long rate = wav.has(at, "fmt ") ? wav.littleEndian(at + 16, 4) : PCM;
    return at(Math.clamp(rate, MIN_RATE, MAX_RATE), wav.length());
  }

  private static long flac(Base64Text flac) {
    long rate = flac.bigEndian(18, 3) >> 4;
    long samples = flac.bigEndian(21, 5) & 0xF_FFFF_FFFFL;
    return rate == 0 || samples == 0
        ? at(FLAC, flac.length())
        : bounded(samples * 1000 / rate, MAX_RATE, flac.length());
  }

  private static long ogg(Base64Text ogg) {
    long rate =
        ogg.has(28, "OpusHead") ? 48_000 : ogg.has(29, "vorbis") ? ogg.littleEndian(40, 4) : 0;
    int page = ogg.length() - 14;
    int first = Math.max(0, page - MAX_OGG_PAGE);
    while (page > first && !ogg.has(page, "OggS")) {
      page--;
    }
    long samples = ogg.littleEndian(page + 6, 6);
    return rate == 0 || samples == 0 || !ogg.has(page, "OggS")
        ? at(OPUS, ogg.length())
        : bounded(samples * 1000 / rate, MAX_OGG_RATE, ogg.length());
  }

  /** By the movie header, which stands before or behind the sound itself. */
  private static long mp4(Base64Text mp4) {
    int header = mp4.find("mvhd", 0, mp4.length());
    long scale = mp4.bigEndian(header + 16, 4);
    long duration = mp4.bigEndian(header + 20, 4);
    return header < 0 || scale == 0 || duration == 0 || mp4.at(header + 4) != 0
        ? at(AAC, mp4.length())
        : bounded(duration * 1000 / scale, MAX_MP3_RATE, mp4.length());
  }

  /** By the first frame: the number of frames where an encoder wrote it, else the bit rate. */
  private static long mp3(Base64Text mp3) {
    int said = mp3.has(0, "ID3") ? 10 + synchsafe(mp3) : 0;
    int tag = said < mp3.length() ? said : 0;
    int frame = tag;
    while (frame < tag + MAX_SYNC && !isFrame(mp3, frame)) {
      frame++;
    }
    int bytes = mp3.length() - tag;
    if (!isFrame(mp3, frame)) {
      return at(MP3, bytes);
    }
    boolean mpeg1 = (mp3.at(frame + 1) & 0x18) == 0x18;
    boolean mono = (mp3.at(frame + 3) & 0xC0) == 0xC0;
    int xing = frame + 4 + (mpeg1 ? mono ? 17 : 32 : mono ? 9 : 17);
    boolean counted = mp3.has(xing, "Xing") || mp3.has(xing, "Info");
    if (counted && (mp3.at(xing + 7) & 1) == 1) {
      long samples = mp3.bigEndian(xing + 8, 4) * (mpeg1 ? 1152 : 576);
      return bounded(samples * 1000 / hertz(mp3, frame), MAX_MP3_RATE, bytes);
    }
    return at(kbit(mp3, frame) * 125L, bytes);
  }

  /** The size of an ID3 tag: four times seven bits. */
  private static int synchsafe(Base64Text mp3) {
    int size = 0;
    for (int i = 6; i < 10; i++) {
      size = (size << 7) | (mp3.at(i) & 0x7F);
    }
    return size;
  }

  private static boolean isFrame(Base64Text mp3, int at) {
    return mp3.at(at) == 0xFF
        && (mp3.at(at + 1) & 0xE6) == 0xE2
        && (mp3.at(at + 1) & 0x18) != 0x08
        && kbit(mp3, at) > 0
        && hertz(mp3, at) > 0;
  }

  private static int kbit(Base64Text mp3, int frame) {
    int index = mp3.at(frame + 2) >> 4 & 15;
    return (mp3.at(frame + 1) & 0x18) == 0x18 ? MPEG1_KBIT[index] : MPEG2_KBIT[index];
  }

  private static int hertz(Base64Text mp3, int frame) {
    int hertz = MPEG1_HZ[mp3.at(frame + 2) >> 2 & 3];
    return switch (mp3.at(frame + 1) & 0x18) {
      case 0x18 -> hertz;
      case 0x10 -> hertz / 2;
      default -> hertz / 4;
    };
  }

  /** By its frames, 1,024 samples each; what is no frame any more counts by the mean of them. */
  private static long adts(Base64Text aac) {
    int hertz = ADTS_HZ[aac.at(2) >> 2 & 15];
    int at = 0;
    long frames = 0;
    while (aac.at(at) == 0xFF && at + 7 <= aac.length()) {
      int length = (aac.at(at + 3) & 3) << 11 | aac.at(at + 4) << 3 | aac.at(at + 5) >> 5;
      frames++;
      at += Math.max(7, length);
    }
    return hertz == 0 || at == 0
        ? at(AAC, aac.length())
        : bounded(
            frames * 1_024_000 / hertz * aac.length() / Math.min(at, aac.length()),
            MAX_MP3_RATE,
            aac.length());
  }

  private static long bounded(long millis, int maxRate, long bytes) {
    return Math.clamp(millis, at(maxRate, bytes), at(MIN_RATE, bytes));
  }

  private static long at(long bytesPerSecond, long bytes) {
    return Math.ceilDiv(bytes * 1000, bytesPerSecond);
  }
}
