package dev.chatgate.openai.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Bytes of a text to be replaced by others, so that all other bytes stay as they are.
 *
 * @param at what is replaced; an empty span for an insertion
 * @param replacement what comes in its place; empty for a cut
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Edit(Span at, byte[] replacement) {
  /** Sorts edits by their place, as {@link #splice} needs them. */
  public static final Comparator<Edit> BY_PLACE = Comparator.comparingInt(edit -> edit.at.from());

  private static final byte[] NOTHING = {};

  /** Takes the bytes out. */
  public static Edit cut(int from, int to) {
    return new Edit(new Span(from, to), NOTHING);
  }

  /** Puts a text, as UTF-8, in the place of the bytes. */
  public static Edit replace(Span at, String text) {
    return new Edit(at, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Puts a text, as UTF-8, before the byte with this index. */
  public static Edit insert(int at, String text) {
    return replace(new Span(at, at), text);
  }

  /**
   * The text with the edits made.
   *
   * @param edits by place, none overlapping another
   * @return the very array if there is no edit
   */
  public static byte[] splice(byte[] text, List<Edit> edits) {
    if (edits.isEmpty()) {
      return text;
    }
    var out = new ByteArrayOutputStream(text.length + 256);
    splice(text, new Span(0, text.length), edits, IntUnaryOperator.identity(), out);
    return out.toByteArray();
  }

  /**
   * Writes a part of a text with the edits made.
   *
   * @param part of the text; the edits lie within it
   * @param edits by place, none overlapping another
   * @param origin maps an index in the edits to the index in the text
   */
  public static void splice(
      byte[] text,
      Span part,
      List<Edit> edits,
      IntUnaryOperator origin,
      ByteArrayOutputStream out) {
    int next = part.from();
    for (var edit : edits) {
      int from = origin.applyAsInt(edit.at.from());
      out.write(text, next, from - next);
      out.writeBytes(edit.replacement);
      next = origin.applyAsInt(edit.at.to());
    }
    out.write(text, next, part.to() - next);
  }
}
