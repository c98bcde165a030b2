package dev.chatgate.clients;

import java.util.List;

/**
 * How chunks are made into server-sent events.
 *
 * @param before stands before each event
 * @param field what a data line begins with
 * @param line the end of a line
 * @param after stands behind each event
 * @param done the last event, whole
 */
record Framing(String before, String field, String line, String after, String done) {
  static final String DONE = "data: [DONE]\n\n";
  static final Framing USUAL = new Framing("", "data: ", "\n", "", DONE);

  /** With other ends of lines. */
  static Framing lines(String line) {
    return new Framing("", "data: ", line, "", "data: [DONE]" + line + line);
  }

  /** With a last event of another spelling; empty for none. */
  Framing ending(String last) {
    return new Framing(before, field, line, after, last);
  }

  /** The whole stream. */
  String of(List<String> chunks) {
    return some(chunks) + done;
  }

  /** These events, without the last. */
  String some(List<String> chunks) {
    var events = new StringBuilder();
    for (String chunk : chunks) {
      events.append(before).append(field).append(chunk).append(line).append(line).append(after);
    }
    return events.toString();
  }
}
