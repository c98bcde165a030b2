package dev.chatgate.openai.tokens;

/**
 * Counts the tokens of one piece of a text after another by merging their bytes: as long as
 * neighbours together are a token, those whose token has the lowest rank, the leftmost of equals.
 * Takes time n log n and no memory beyond that of the longest piece. For one thread.
 */
final class Merge {
  private final Vocabulary vocabulary;

  /** The piece in UTF-8; parts of it are known by the index of their first byte. */
  private byte[] bytes = new byte[48];

  private int length;

  /** Of each part: where the next and the one before begin. */
  private int[] next = {};

  private int[] previous = {};

  /** Of each part: the token that it and the next would be. */
  private int[] joined = {};

  /** A heap, its least first: a token in the upper half, the part that could become it below. */
  private long[] heap = {};

  private int size;

  Merge(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  int count(CharSequence text, int start, int end) {
    encode(text, start, end);
    if (vocabulary.token(bytes, 0, length) != Vocabulary.NONE) {
      return 1;
    }
    split();
    int parts = length;
    while (size > 0) {
      long least = poll();
      int part = (int) least;
      if (joined[part] == (int) (least >>> Integer.SIZE)) {
        join(part);
        parts--;
      }
    }
    return parts;
  }

  /** A lone surrogate counts as U+FFFD, which is what becomes of it on its way to a tokenizer. */
  private void encode(CharSequence text, int start, int end) {
    if (bytes.length < 3 * (end - start)) {
      bytes = new byte[3 * (end - start)];
    }
    length = 0;
    for (int i = start; i < end; i++) {
      int c = Character.codePointAt(text, i);
      if (c < 0x80) {
        bytes[length++] = (byte) c;
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | c >> 6);
        tail(c, 0);
      } else if (c < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        int known = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c;
        bytes[length++] = (byte) (0xE0 | known >> 12);
        tail(known, 6);
      } else {
        bytes[length++] = (byte) (0xF0 | c >> 18);
        tail(c, 12);
        i++;
      }
    }
  }

  private void tail(int c, int shift) {
    for (int s = shift; s >= 0; s -= 6) {
      bytes[length++] = (byte) (0x80 | ((c >> s) & 0x3F));
    }
  }

  private void split() {
    if (next.length < length) {
      next = new int[bytes.length];
      previous = new int[bytes.length];
      joined = new int[bytes.length];
      heap = new long[2 * bytes.length];
    }
    for (int i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (int i = 0; i < length; i++) {
      offer(i);
    }
  }

  private void join(int part) {
    int second = next[part];
    joined[second] = Vocabulary.NONE;
    next[part] = next[second];
    if (next[part] < length) {
      previous[next[part]] = part;
    }
    offer(part);
    if (part > 0) {
      offer(previous[part]);
    }
  }

  /** What the part and the next would be now; what was offered for it before is void. */
  private void offer(int part) {
    int second = next[part];
    joined[part] = second < length ? vocabulary.token(bytes, part, next[second]) : Vocabulary.NONE;
    if (joined[part] != Vocabulary.NONE) {
      push((long) joined[part] << Integer.SIZE | part);
    }
  }

  private void push(long value) {
    int at = size++;
    while (at > 0 && heap[(at - 1) / 2] > value) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = value;
  }

  private long poll() {
    long least = heap[0];
    long last = heap[--size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return least;
  }
}
