package dev.chatgate.openai.tokens;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The tokens of one of OpenAI's vocabularies, found by their bytes: two arrays, nothing boxed.
 * Immutable.
 */
final class Vocabulary {
  /** No token; comes after every other. */
  static final int NONE = Integer.MAX_VALUE;

  /** Each token's length, one byte, and its bytes, in the order of their ranks. */
  private final byte[] tokens;

  /** Where tokens begin, in the slot of their hash or the next free one; 0 in a free one. */
  private final int[] table;

  private Vocabulary(byte[] tokens, int count) {
    this.tokens = tokens;
    // At most four fifths full: half of that is no faster.
    this.table = new int[Integer.highestOneBit(count / 4 * 5) << 1];
    for (int length = 0, start = 1; start < tokens.length; start += length + 1) {
      length = length(start);
      table[free(hash(tokens, start, start + length))] = start;
    }
  }

  /**
   * Reads what the build has made of a list of tokens: their number, the number of all bytes that
   * follow, then each token's length in one byte and its bytes.
   *
   * @param name of the resource
   * @throws UncheckedIOException if there is none, or it ends early
   */
  static Vocabulary load(String name) {
    try (InputStream in = Vocabulary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name);
      }
      var data = new DataInputStream(in);
      int count = data.readInt();
      var tokens = new byte[data.readInt()];
      data.readFully(tokens);
      return new Vocabulary(tokens, count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The token of these bytes, or {@link #NONE}. Of two tokens the one of lower rank is the smaller
   * number; nothing else is to be read from it.
   */
  int token(byte[] bytes, int start, int end) {
    int slot = hash(bytes, start, end);
    while (true) {
      int token = table[slot & (table.length - 1)];
      if (token == 0) {
        return NONE;
      }
      int last = token + length(token);
      if (last - token == end - start && Arrays.equals(tokens, token, last, bytes, start, end)) {
        return token;
      }
      slot++;
    }
  }

  /** What the tokens take of the heap, in bytes. */
  long heapBytes() {
    return tokens.length + (long) table.length * Integer.BYTES;
  }

  private int length(int token) {
    return Byte.toUnsignedInt(tokens[token - 1]);
  }

  private int free(int hash) {
    int slot = hash & (table.length - 1);
    while (table[slot] != 0) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private static int hash(byte[] bytes, int start, int end) {
    int hash = end - start;
    for (int i = start; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x9E3779B1;
    }
    return hash ^ hash >>> 15;
  }
}
