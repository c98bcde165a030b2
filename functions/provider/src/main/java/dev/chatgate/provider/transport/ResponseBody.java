package dev.chatgate.provider.transport;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A body that was read into memory, or as much of it as came.
 *
 * @param bytes what came
 * @param ending how it ended
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ResponseBody(byte[] bytes, Ending ending) {
  /** Most answers fit. */
  private static final int FIRST_BYTES = 4 * 1024;

  /** How a body ended. */
  public enum Ending {
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
  static ResponseBody read(InputStream in, int most) {
    var came = new Came();
    try {
      while (came.more(in)) {
        if (came.length > most) {
          return came.as(Ending.TOO_LARGE);
        }
      }
      return came.as(Ending.WHOLE);
    } catch (IOException e) {
      return came.as(Ending.CUT);
    }
  }

  /** Reads into the array that grows: a body is copied only when it has outgrown one. */
  private static final class Came {
    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    /** False at the end. */
    boolean more(InputStream in) throws IOException {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      int read = in.read(bytes, length, bytes.length - length);
      length += Math.max(0, read);
      return read >= 0;
    }

    ResponseBody as(Ending ending) {
      return new ResponseBody(Arrays.copyOf(bytes, length), ending);
    }
  }

  public boolean isWhole() {
    return ending == Ending.WHOLE;
  }

  /** Whether it begins like a JSON object, so that it may be a part of an answer. */
  public boolean beginsAsObject() {
    for (byte b : bytes) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '{';
      }
    }
    return false;
  }
}
