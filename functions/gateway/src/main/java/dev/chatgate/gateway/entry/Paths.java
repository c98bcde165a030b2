package dev.chatgate.gateway.entry;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Normalizes the paths of both doors' events. */
final class Paths {
  private Paths() {}

  /** Removes the stage's name from the front, which an HTTP API adds for a named stage. */
  static String withoutStage(String path, @Nullable String stage) {
    if (stage == null || stage.isEmpty() || stage.equals("$default")) {
      return path;
    }
    var prefix = "/" + stage;
    boolean leads = path.startsWith(prefix + "/") || path.equals(prefix);
    return leads ? path.substring(prefix.length()) : path;
  }

  /**
   * Percent-decodes a path once (RFC 3986, 2.1), as UTF-8. A percent sign without two hexadecimal
   * digits after it is kept.
   */
  static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    var bytes = path.getBytes(StandardCharsets.UTF_8);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int value = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes[i + 1], bytes[i + 2]) : -1;
      decoded.write(value < 0 ? bytes[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  private static int hex(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h * 16 + l;
  }
}
