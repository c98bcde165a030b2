package dev.chatgate.openai.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body that was read into memory, or as much of it as came.
 *
 * @param bytes what came
 * @param ending how it ended
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Body(byte[] bytes, Ending ending) {
  private static final int READ_BYTES = 16 * 1024;

  /** How a body ended. */
  enum Ending {
    WHOLE,
    /** The connection was lost, a time limit passed, or the framing is broken. */
    CUT,
    TOO_LARGE
  }

  /**
   * Reads to the end.
   *
   * @param most more bytes than these are not read
   */
  static Body read(InputStream in, int most) {
    var bytes = new ByteArrayOutputStream(READ_BYTES);
    var buffer = new byte[READ_BYTES];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes.write(buffer, 0, read);
        if (bytes.size() > most) {
          return new Body(bytes.toByteArray(), Ending.TOO_LARGE);
        }
      }
      return new Body(bytes.toByteArray(), Ending.WHOLE);
    } catch (IOException e) {
      return new Body(bytes.toByteArray(), Ending.CUT);
    }
  }

  boolean isWhole() {
    return ending == Ending.WHOLE;
  }

  /** Whether it begins like a JSON object, so that it may be a part of an answer. */
  boolean beginsAsObject() {
    for (byte b : bytes) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '{';
      }
    }
    return false;
  }
}
