package dev.chatgate.warmup.fake;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes the few DER types (ITU-T X.690) that a certificate needs. */
final class Der {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0C;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT = 0xA0;
  private static final int LONG_LENGTH = 0x80;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] sequence(byte[]... members) {
    return element(SEQUENCE, members);
  }

  static byte[] set(byte[]... members) {
    return element(SET, members);
  }

  /** A member with a context-specific tag. */
  static byte[] tagged(int number, byte[] member) {
    return element(CONTEXT + number, member);
  }

  static byte[] integer(int value) {
    return element(INTEGER, new byte[] {(byte) value});
  }

  static byte[] bits(byte[] value) {
    return element(BIT_STRING, new byte[1], value);
  }

  static byte[] octets(byte[] value) {
    return element(OCTET_STRING, value);
  }

  static byte[] text(String value) {
    return element(UTF8_STRING, value.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] time(Instant value) {
    return element(GENERALIZED_TIME, TIME.format(value).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier, given in its encoded form. */
  static byte[] identifier(int... encoded) {
    var value = new byte[encoded.length];
    for (int i = 0; i < encoded.length; i++) {
      value[i] = (byte) encoded[i];
    }
    return element(OBJECT_IDENTIFIER, value);
  }

  /** An element with any tag; the value is the concatenation of the pieces. */
  static byte[] element(int tag, byte[]... pieces) {
    int length = 0;
    for (var piece : pieces) {
      length += piece.length;
    }
    var der = new ByteArrayOutputStream(length + 4);
    der.write(tag);
    writeLength(der, length);
    for (var piece : pieces) {
      der.writeBytes(piece);
    }
    return der.toByteArray();
  }

  private static void writeLength(ByteArrayOutputStream der, int length) {
    if (length < LONG_LENGTH) {
      der.write(length);
    } else if (length < 0x100) {
      der.write(LONG_LENGTH + 1);
      der.write(length);
    } else {
      der.write(LONG_LENGTH + 2);
      der.write(length >> 8);
      der.write(length);
    }
  }
}
