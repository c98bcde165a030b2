package dev.chatgate.provider.answer;

/**
 * Bytes to put in the place of others.
 *
 * @param from the first byte that goes
 * @param to the byte behind the last that goes
 * @param replacement what comes in their place, nothing for a cut
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Edit(int from, int to, byte[] replacement) {
  private static final byte[] NOTHING = {};

  static Edit cut(int from, int to) {
    return new Edit(from, to, NOTHING);
  }
}
