package dev.chatgate.gateway.http;

import dev.chatgate.gateway.http.GatewayRequest.Body;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts between the strings of an event and the bytes of a body. */
public final class Bodies {
  private Bodies() {}

  /**
   * Decodes an event's body.
   *
   * @param text the event's {@code body}; null if there is none
   */
  public static Body of(@Nullable String text, boolean base64) {
    if (text == null) {
      return new Body.Bytes(new byte[0]);
    }
    return base64 ? fromBase64(text) : fromText(text);
  }

  private static Body fromBase64(String text) {
    try {
      return new Body.Bytes(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return new Body.Undecodable();
    }
  }

  /**
   * Encodes text as UTF-8. Only text with surrogates needs the slower {@link #fromPairs}, because
   * {@code getBytes} would replace an unpaired surrogate with a question mark.
   */
  private static Body fromText(String text) {
    return hasSurrogates(text)
        ? fromPairs(text)
        : new Body.Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean hasSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static Body fromPairs(String text) {
    try {
      var bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      var copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return new Body.Bytes(copy);
    } catch (CharacterCodingException e) {
      return new Body.Undecodable();
    }
  }

  /** Decodes UTF-8; empty if the bytes are not UTF-8. */
  static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
