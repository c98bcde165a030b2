package dev.chatgate.openai.sse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of server-sent events into its events and keeps every byte: the events of a stream,
 * put behind one another, and what {@link #rest()} returns are the stream.
 *
 * <p>Lines end with LF, CR or CRLF, also mixed (WHATWG HTML, "Server-sent events"). A comment line
 * outside an event is handed out as soon as its line ends: it may be a heartbeat, and the blank
 * line after it may never come. Memory is bounded by the largest event that is allowed.
 *
 * <p>Use: {@link #fill} once, {@link #next} until it returns null, and again; after the end {@link
 * #rest}. Not for several threads.
 */
public final class SseReader {
  private static final int FIRST_BUFFER_BYTES = 16 * 1024;
  private static final int LEAST_READ_BYTES = 4 * 1024;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final List<String> FIELDS = List.of("data", "event", "id", "retry");

  /** What a body looks like by its first bytes. */
  public enum Opening {
    /** Too little has come. */
    UNKNOWN,
    /** A comment or one of the standard's fields. */
    EVENTS,
    /** A JSON object or array. */
    JSON,
    OTHER
  }

  private final int maxEventBytes;
  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];

  /** Where the event that is being read begins. The positions below are counted from it. */
  private int start;

  private int end;
  private int scan;
  private int line;
  private int[] data = new int[2];
  private int dataLength;
  private int nameFrom;
  private int nameTo;
  private boolean inEvent;

  private boolean first = true;
  private boolean afterCr;
  private boolean crlf;
  private boolean ended;

  /**
   * @param maxEventBytes the largest event that is taken, its ending included
   */
  public SseReader(int maxEventBytes) {
    this.maxEventBytes = maxEventBytes;
  }

  /** What the stream looks like, by what was read before the first event was taken. */
  public Opening opening() {
    int at = start;
    for (byte b : BYTE_ORDER_MARK) {
      at += at < end && buffer[at] == b ? 1 : 0;
    }
    while (at < end && buffer[at] <= ' ' && buffer[at] >= 0) {
      at++;
    }
    return at == end ? Opening.UNKNOWN : opening(at);
  }

  private Opening opening(int from) {
    return switch (buffer[from]) {
      case ':' -> Opening.EVENTS;
      case '{', '[' -> Opening.JSON;
      default -> openingField(from);
    };
  }

  private Opening openingField(int from) {
    int to = from;
    while (to < end && buffer[to] >= 'a' && buffer[to] <= 'z') {
      to++;
    }
    var name = new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    if (to < end) {
      return buffer[to] == ':' && FIELDS.contains(name) ? Opening.EVENTS : Opening.OTHER;
    }
    return FIELDS.stream().anyMatch(field -> field.startsWith(name))
        ? Opening.UNKNOWN
        : Opening.OTHER;
  }

  /** What was read and not yet taken as events. */
  public InputStream unread() {
    return new ByteArrayInputStream(buffer, start, end - start);
  }

  /**
   * Reads once from the stream. Events that were handed out before are not valid any more.
   *
   * @return whether the stream goes on
   * @throws SseTooLargeException if the event being read is larger than allowed
   */
  public boolean fill(InputStream in) throws IOException {
    makeRoom();
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      ended = true;
      return false;
    }
    end += read;
    return true;
  }

  private void makeRoom() throws SseTooLargeException {
    if (end - start > maxEventBytes) {
      throw new SseTooLargeException(maxEventBytes);
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (buffer.length - end < LEAST_READ_BYTES) {
      buffer = Arrays.copyOf(buffer, largerLength());
    } else if (end == 0 && buffer.length > 8 * FIRST_BUFFER_BYTES) {
      buffer = new byte[FIRST_BUFFER_BYTES];
    }
  }

  /** Twice as much, but no more than the largest event and one read need. */
  private int largerLength() {
    long needed = (long) maxEventBytes + 2 * LEAST_READ_BYTES;
    long larger = Math.max(end + (long) LEAST_READ_BYTES, Math.min(2L * buffer.length, needed));
    return Math.toIntExact(larger);
  }

  /** The next complete event of what was read, or null if there is none yet. */
  public @Nullable SseEvent next() {
    while (start + scan < end) {
      byte b = buffer[start + scan];
      if (b != '\n' && b != '\r') {
        scan++;
        afterCr = false;
      } else if (b == '\n' && afterCr) {
        skipSecondHalfOfLineEnd();
      } else if (b == '\r' && start + scan + 1 == end && mustWait()) {
        return null;
      } else if (endsEvent(endLine(b))) {
        return take();
      }
    }
    return null;
  }

  /** The LF of a CRLF whose CR has ended the line before. */
  private void skipSecondHalfOfLineEnd() {
    scan++;
    line = scan;
    afterCr = false;
    crlf = true;
  }

  /** A CR at the end of what was read is half a line end where lines ended with CRLF so far. */
  private boolean mustWait() {
    return crlf && !ended;
  }

  /** Goes behind the line end and returns where the line ended. */
  private int endLine(byte b) {
    int lineEnd = scan++;
    boolean pair = b == '\r' && start + scan < end && buffer[start + scan] == '\n';
    if (pair) {
      scan++;
    }
    crlf = pair;
    afterCr = b == '\r' && !pair;
    return lineEnd;
  }

  /** Reads the line that ends there; true if an event ends with it. */
  private boolean endsEvent(int lineEnd) {
    int from = lineStart();
    line = scan;
    if (lineEnd <= from) {
      return true;
    }
    if (buffer[start + from] == ':') {
      return !inEvent;
    }
    inEvent = true;
    readField(from, lineEnd);
    return false;
  }

  /** Where the line begins, behind a byte order mark at the very start of the stream. */
  private int lineStart() {
    boolean bom =
        first
            && end - start >= 3
            && buffer[start] == (byte) 0xEF
            && buffer[start + 1] == (byte) 0xBB
            && buffer[start + 2] == (byte) 0xBF;
    first = false;
    return bom ? 3 : line;
  }

  private void readField(int from, int to) {
    int colon = from;
    while (colon < to && buffer[start + colon] != ':') {
      colon++;
    }
    int value = Math.min(to, colon + 1);
    if (value < to && buffer[start + value] == ' ') {
      value++;
    }
    if (isNamed("data", from, colon)) {
      addData(value, to);
    } else if (isNamed("event", from, colon)) {
      nameFrom = value;
      nameTo = to;
    }
  }

  private void addData(int from, int to) {
    if (dataLength == data.length) {
      data = Arrays.copyOf(data, 2 * dataLength);
    }
    data[dataLength++] = from;
    data[dataLength++] = to;
  }

  private boolean isNamed(String name, int from, int to) {
    if (to - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (buffer[start + from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The event that ends where the reader stands. */
  private SseEvent take() {
    var lines = Arrays.copyOf(data, dataLength);
    for (int i = 0; i < dataLength; i++) {
      lines[i] += start;
    }
    var event = new SseEvent(buffer, start, scan, lines, start + nameFrom, start + nameTo);
    start += scan;
    scan = 0;
    line = 0;
    dataLength = 0;
    nameFrom = 0;
    nameTo = 0;
    inEvent = false;
    return event;
  }

  /** What stands behind the last complete event when the stream has ended, as an event. */
  public Optional<SseEvent> rest() {
    if (start == end) {
      return Optional.empty();
    }
    endsEvent(scan);
    return Optional.of(take());
  }
}
