package dev.chatgate.openai.validation;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Checks of encoded text. JSON parsers differ in what they accept, so only valid text passes. */
final class Unicode {
  private static final int WINDOW = 8192;

  private Unicode() {}

  /** Refuses bytes that are not UTF-8, or begin with a byte order mark. */
  static void requireUtf8(byte[] body) {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var in = ByteBuffer.wrap(body);
    var window = CharBuffer.allocate(Math.min(body.length + 1, WINDOW));
    CoderResult result;
    do {
      result = decoder.decode(in, window.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw invalid("The body is not valid UTF-8 at byte offset " + in.position() + ".");
    }
    if (body.length >= 3
        && body[0] == (byte) 0xEF
        && body[1] == (byte) 0xBB
        && body[2] == (byte) 0xBF) {
      throw invalid("The body begins with a byte order mark, which JSON does not allow.");
    }
  }

  private static InvalidBodyException invalid(String message) {
    return new InvalidBodyException(ApiError.of(ErrorCode.INVALID_JSON, message));
  }

  /** Whether every surrogate is paired: escapes like {@code \\uD800} can break one. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return isWellFormed(text.toCharArray(), 0, text.length());
      }
    }
    return true;
  }

  /** Whether every surrogate among these characters is paired. */
  static boolean isWellFormed(char[] text, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (Character.isHighSurrogate(text[i])
          ? i + 1 == end || !Character.isLowSurrogate(text[i + 1])
          : Character.isLowSurrogate(text[i])
              && (i == offset || !Character.isHighSurrogate(text[i - 1]))) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of UTF-8 that a well-formed text takes. */
  static long utf8Length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /** The text with each unpaired surrogate replaced by a question mark. */
  static String wellFormed(String text) {
    return isWellFormed(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
