package dev.chatgate.openai.sse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One event of a stream as it came: its bytes, ending included, and where its fields are in them. A
 * comment line or a blank line that stands alone is an event without fields.
 *
 * <p>A view into the reader's buffer: it is valid until the reader reads on.
 */
public final class SseEvent {
  private static final String DATA = "data";
  private static final int[] IN_PLACE = {};

  private final byte[] buffer;
  private final int offset;
  private final int length;
  private final int[] data;
  private final int nameFrom;
  private final int nameTo;

  SseEvent(byte[] buffer, int offset, int length, int[] data, int nameFrom, int nameTo) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    this.data = data;
    this.nameFrom = nameFrom;
    this.nameTo = nameTo;
  }

  /** The array that holds the event's bytes from {@link #offset()} on. */
  public byte[] buffer() {
    return buffer;
  }

  /** Where the event begins in {@link #buffer()}. */
  public int offset() {
    return offset;
  }

  /** The event's bytes, its ending included. */
  public int length() {
    return length;
  }

  /** Whether it has a {@code data} field, be it an empty one. */
  public boolean hasData() {
    return data.length > 0;
  }

  /** The value of the last {@code event} field, empty if there is none. */
  public String name() {
    return new String(buffer, nameFrom, nameTo - nameFrom, StandardCharsets.UTF_8);
  }

  /** Whether it has an {@code event} field that is not empty. */
  public boolean isNamed() {
    return nameTo > nameFrom;
  }

  /**
   * Where the line of the first {@code data} field begins in {@link #buffer()}.
   *
   * @throws IllegalStateException if there is none
   */
  public int firstDataLine() {
    if (!hasData()) {
      throw new IllegalStateException("the event has no data");
    }
    int at = data[0];
    while (!isDataFieldAt(at)) {
      at--;
    }
    return at;
  }

  /** Nothing but a colon and a space stands between the field's name and its value. */
  private boolean isDataFieldAt(int at) {
    return buffer[at] == 'd' && buffer[at + 1] == 'a' && at + DATA.length() <= data[0];
  }

  /** The values of the {@code data} fields, joined with line feeds as the standard says. */
  public SseData data() {
    if (data.length == 2) {
      return new SseData(buffer, data[0], data[1] - data[0], IN_PLACE);
    }
    return joined();
  }

  private SseData joined() {
    int size = Math.max(0, data.length / 2 - 1);
    for (int i = 0; i < data.length; i += 2) {
      size += data[i + 1] - data[i];
    }
    var bytes = new byte[size];
    var origins = new int[data.length];
    int at = 0;
    for (int i = 0; i < data.length; i += 2) {
      if (i > 0) {
        bytes[at++] = '\n';
      }
      origins[i] = at;
      origins[i + 1] = data[i];
      System.arraycopy(buffer, data[i], bytes, at, data[i + 1] - data[i]);
      at += data[i + 1] - data[i];
    }
    return new SseData(bytes, 0, size, origins);
  }

  /** A copy of the event's bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }
}
