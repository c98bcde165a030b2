package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Edit;

/**
 * Decides which bytes go when a member of an object is taken out: the member and one comma, and not
 * the white space of the members that stay.
 */
final class UsageCut {
  private UsageCut() {}

  /**
   * The cut.
   *
   * @param bytes valid JSON
   */
  static Edit of(byte[] bytes, UsageMember member) {
    return member.afterOthers()
        ? Edit.cut(commaBefore(bytes, member.keyFrom()), member.value().to())
        : Edit.cut(member.keyFrom(), nextMember(bytes, member.value().to()));
  }

  private static int commaBefore(byte[] bytes, int key) {
    int at = key - 1;
    while (bytes[at] != ',') {
      at--;
    }
    return at;
  }

  /** Where the next member begins; the end of the value itself if it is the last. */
  private static int nextMember(byte[] bytes, int valueEnd) {
    int comma = skipSpace(bytes, valueEnd);
    return bytes[comma] == ',' ? skipSpace(bytes, comma + 1) : valueEnd;
  }

  private static int skipSpace(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t') {
      at++;
    }
    return at;
  }
}
