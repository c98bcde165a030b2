package dev.chatgate.openai.estimate;

import java.util.Optional;

/** What a string of base64 holds, as far as its first bytes or its media type say. */
public sealed interface Media {
  /** A picture of any format. */
  record Picture() implements Media {}

  /** A video of any format; without a picture it may be sound. */
  record Film(long bytes) implements Media {}

  /** Sound of known length. */
  record Sound(long millis) implements Media {}

  /** Bytes of which only the place or the media type may say that they are sound. */
  record Unknown(long bytes) implements Media {}

  /** A PDF. */
  record Document(long pages) implements Media {}

  /** A text file, or an archive of mostly text (office documents). */
  record Text(long bytes) implements Media {}

  /**
   * Reads a string that may be base64 or a data URL with it.
   *
   * @param expected whether nothing but base64 is expected at this place
   * @return empty if the string is neither
   */
  static Optional<Media> read(char[] text, int start, int length, boolean expected) {
    int comma = DataUrl.comma(text, start, length);
    if (comma < 0) {
      var bare =
          expected ? Base64Text.of(text, start, length) : Base64Text.recognise(text, start, length);
      return bare.filter(bytes -> bytes.length() > 0).map(bytes -> of(bytes, ""));
    }
    String type = DataUrl.type(text, start, comma);
    return Base64Text.of(text, comma + 1, start + length - comma - 1).map(bytes -> of(bytes, type));
  }

  /**
   * What the bytes are: by their own form first, then by the media type.
   *
   * @param type like {@code audio/mpeg}; may be empty
   */
  private static Media of(Base64Text bytes, String type) {
    return byForm(bytes, type.startsWith("audio/")).orElseGet(() -> byType(bytes, type));
  }

  private static Media byType(Base64Text bytes, String type) {
    String family = type.substring(0, type.indexOf('/') + 1);
    return switch (family) {
      case "image/" -> new Picture();
      case "video/" -> new Film(bytes.length());
      case "audio/" ->
          new Sound(AudioLength.byFormat(type.substring(family.length()), bytes.length()));
      default -> isText(bytes) ? new Text(bytes.length()) : new Unknown(bytes.length());
    };
  }

  private static Optional<Media> byForm(Base64Text bytes, boolean saidToBeSound) {
    if (isPicture(bytes)) {
      return Optional.of(new Picture());
    }
    if (bytes.has(0, "%PDF-")) {
      return Optional.of(new Document(PdfPages.count(bytes)));
    }
    if (bytes.has(0, "PK\3\4")) {
      return Optional.of(new Text(bytes.length()));
    }
    var millis = AudioLength.millis(bytes);
    if (millis.isPresent()) {
      return Optional.of(new Sound(millis.getAsLong()));
    }
    return isFilm(bytes) && !saidToBeSound
        ? Optional.of(new Film(bytes.length()))
        : Optional.empty();
  }

  private static boolean isPicture(Base64Text bytes) {
    boolean heif =
        bytes.has(4, "ftyp")
            && (bytes.has(8, "heic") || bytes.has(8, "mif1") || bytes.has(8, "avif"));
    return heif
        || bytes.has(0, "\u0089PNG")
        || bytes.has(0, "\u00FF\u00D8\u00FF")
        || bytes.has(0, "GIF8")
        || bytes.has(0, "II*\0")
        || bytes.has(0, "MM\0*")
        || (bytes.has(0, "RIFF") && bytes.has(8, "WEBP"));
  }

  /** ISO media, Matroska and WebM, AVI, MPEG program streams. */
  private static boolean isFilm(Base64Text bytes) {
    return bytes.has(4, "ftyp")
        || bytes.has(0, "\u001AE\u00DF\u00A3")
        || (bytes.has(0, "RIFF") && bytes.has(8, "AVI "))
        || bytes.has(0, "\0\0\1\u00BA")
        || bytes.has(0, "\0\0\1\u00B3");
  }

  private static boolean isText(Base64Text bytes) {
    for (int i = 0; i < Math.min(bytes.length(), 512); i++) {
      int b = bytes.at(i);
      if ((b < ' ' && b != '\t' && b != '\n' && b != '\r') || b == 0x7F) {
        return false;
      }
    }
    return true;
  }
}
