package dev.chatgate.clients;

import java.util.List;

/**
 * The form of server-sent events.
 *
 * @param before text before each event
 * @param field the start of a data line
 * @param line the end of a line
 * @param after text after each event
 * @param done the complete last event
 */
record Framing(String before, String field, String line, String after, String done) {
  static final String DONE = "data: [DONE]\n\n";
  static final Framing USUAL = new Framing("", "data: ", "\n", "", DONE);

  /** Returns a copy with other line ends. */
  static Framing lines(String line) {
    return new Framing("", "data: ", line, "", "data: [DONE]" + line + line);
  }

  /** Returns a copy with another last event; empty for none. */
  Framing ending(String last) {
    return new Framing(before, field, line, after, last);
  }

  /** Formats a whole stream. */
  String of(List<String> chunks) {
    return some(chunks) + done;
  }

  /** Formats these events, without the last one. */
  String some(List<String> chunks) {
    var events = new StringBuilder();
    for (String chunk : chunks) {
      events.append(before).append(field).append(chunk).append(line).append(line).append(after);
    }
    return events.toString();
  }
}
