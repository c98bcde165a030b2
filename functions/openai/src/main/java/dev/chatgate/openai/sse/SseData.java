package dev.chatgate.openai.sse;

/**
 * The data of an event, its lines joined with line feeds, and where each of its bytes came from. A
 * single line is not copied.
 */
public final class SseData {
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final int[] origins;

  /**
   * Origins: for each line where it begins in the data and where in the event's buffer; none if the
   * data is the buffer's own.
   */
  SseData(byte[] bytes, int offset, int length, int[] origins) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.origins = origins;
  }

  /** The array that holds the data from {@link #offset()} on. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where the data begins in {@link #bytes()}. */
  public int offset() {
    return offset;
  }

  /** Bytes of data. */
  public int length() {
    return length;
  }

  /**
   * Where a byte of the data stands in the event's own buffer.
   *
   * @param position an index into {@link #bytes()}, its end included
   */
  public int origin(int position) {
    if (origins.length == 0) {
      return position;
    }
    int line = 0;
    while (line + 2 < origins.length && origins[line + 2] <= position) {
      line += 2;
    }
    return origins[line + 1] + position - origins[line];
  }

  /** Whether the data is this text, white space around it aside. */
  public boolean isTrimmed(String ascii) {
    int from = offset;
    int to = offset + length;
    while (from < to && bytes[from] <= ' ' && bytes[from] >= 0) {
      from++;
    }
    while (to > from && bytes[to - 1] <= ' ' && bytes[to - 1] >= 0) {
      to--;
    }
    return to - from == ascii.length() && matches(from, ascii);
  }

  private boolean matches(int from, String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
