package dev.chatgate.openai.estimate;

import java.util.Arrays;
import java.util.Optional;

/**
 * A string of base64, whose bytes are read where they stand: nothing is decoded as a whole. Both
 * alphabets of RFC 4648 are read, with or without padding, and line breaks as in MIME.
 */
final class Base64Text {
  /**
   * A shorter string outside a data URL is text: it costs a few hundred tokens at the most, and
   * names and identifiers may look like base64.
   */
  static final int MIN_CHARACTERS = 256;

  private static final byte FOREIGN = -1;
  private static final byte BREAK = -2;
  private static final byte[] VALUES = values();

  private final char[] text;
  private final int start;

  /** In bytes. */
  private final int length;

  private Base64Text(char[] text, int start, int characters) {
    this.text = text;
    this.start = start;
    this.length = (int) (characters * 3L / 4);
  }

  /**
   * Reads a string that stands where only base64 is expected.
   *
   * @return empty if there is another character in it
   */
  static Optional<Base64Text> of(char[] text, int start, int length) {
    int end = withoutPadding(text, start, start + length);
    int breaks = 0;
    for (int i = start; i < end; i++) {
      byte value = value(text[i]);
      if (value == FOREIGN) {
        return Optional.empty();
      }
      breaks += value == BREAK ? 1 : 0;
    }
    return Optional.of(
        breaks == 0
            ? new Base64Text(text, start, end - start)
            : withoutBreaks(text, start, end, breaks));
  }

  /**
   * Recognises base64 where anything may stand: at least {@link #MIN_CHARACTERS}, with a digit and
   * letters of both cases past {@code F}, so that a long word or a hexadecimal number is none.
   */
  static Optional<Base64Text> recognise(char[] text, int start, int length) {
    return length >= MIN_CHARACTERS && isMixed(text, start, start + length)
        ? of(text, start, length)
        : Optional.empty();
  }

  private static boolean isMixed(char[] text, int start, int end) {
    boolean capital = false;
    boolean small = false;
    boolean digit = false;
    for (int i = start; i < end && !(capital && small && digit); i++) {
      char c = text[i];
      if (value(c) == FOREIGN) {
        return false;
      }
      capital |= c >= 'G' && c <= 'Z';
      small |= c >= 'g' && c <= 'z';
      digit |= c >= '0' && c <= '9';
    }
    return capital && small && digit;
  }

  private static int withoutPadding(char[] text, int start, int end) {
    int last = end;
    while (last > start && (text[last - 1] == '=' || value(text[last - 1]) == BREAK)) {
      last--;
    }
    return last;
  }

  private static Base64Text withoutBreaks(char[] text, int start, int end, int breaks) {
    var compact = new char[end - start - breaks];
    int at = 0;
    for (int i = start; i < end; i++) {
      if (value(text[i]) != BREAK) {
        compact[at++] = text[i];
      }
    }
    return new Base64Text(compact, 0, compact.length);
  }

  /** The number of bytes. */
  int length() {
    return length;
  }

  /** The byte at an offset, 0 to 255; -1 past the end. */
  int at(int offset) {
    if (offset < 0 || offset >= length) {
      return -1;
    }
    int group = start + offset / 3 * 4;
    return switch (offset % 3) {
      case 0 -> sextet(group) << 2 | sextet(group + 1) >> 4;
      case 1 -> (sextet(group + 1) & 15) << 4 | sextet(group + 2) >> 2;
      default -> (sextet(group + 2) & 3) << 6 | sextet(group + 3);
    };
  }

  /** Whether these ASCII characters stand at an offset. */
  boolean has(int offset, String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      if (at(offset + i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Where the characters stand first, from one offset up to another; -1 if nowhere. */
  int find(String ascii, int from, int to) {
    for (int offset = from; offset < Math.min(to, length); offset++) {
      if (has(offset, ascii)) {
        return offset;
      }
    }
    return -1;
  }

  /** A number of up to 7 bytes, the most significant first. */
  long bigEndian(int offset, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number = number << 8 | Math.max(0, at(offset + i));
    }
    return number;
  }

  /** A number of up to 7 bytes, the least significant first. */
  long littleEndian(int offset, int bytes) {
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number = number << 8 | Math.max(0, at(offset + i));
    }
    return number;
  }

  private int sextet(int index) {
    return value(text[index]);
  }

  private static byte value(char c) {
    return c < VALUES.length ? VALUES[c] : FOREIGN;
  }

  private static byte[] values() {
    var values = new byte[128];
    Arrays.fill(values, FOREIGN);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int i = 0; i < alphabet.length(); i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    values['\r'] = values['\n'] = BREAK;
    return values;
  }
}
