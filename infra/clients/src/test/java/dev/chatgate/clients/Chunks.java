package dev.chatgate.clients;

import java.util.List;
import java.util.stream.Stream;

/** The chunks of a provider's stream as JSON, and its plain answers. */
final class Chunks {
  /** The pieces of the usual answer. */
  static final List<String> PIECES = List.of("Grüße", ", 世界", " 🌍", "!");

  static final String USAGE = "{\"prompt_tokens\":7,\"completion_tokens\":11,\"total_tokens\":18}";

  /** The start of a choice's first delta. */
  static final String ROLE = "\"role\":\"assistant\",";

  private final String model;

  Chunks(String model) {
    this.model = model;
  }

  /** A chunk with these choices, followed by further members. */
  String chunk(String choices, String... more) {
    return "{\"id\":\"chatcmpl-case\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
        + "\"model\":\"%s\",\"choices\":[%s]%s}".formatted(model, choices, String.join("", more));
  }

  /** A chunk without the member {@code choices}. */
  String withoutChoices() {
    return "{\"id\":\"chatcmpl-case\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
        + "\"model\":\"%s\"}".formatted(model);
  }

  /** One choice of a chunk. */
  static String delta(int index, String delta, String... more) {
    return "{\"index\":%d,\"delta\":{%s}%s,\"finish_reason\":null}"
        .formatted(index, delta, String.join("", more));
  }

  /** The last chunk of a choice. */
  static String finish(int index, String reason) {
    return "{\"index\":%d,\"delta\":{},\"finish_reason\":\"%s\"}".formatted(index, reason);
  }

  /** The chunks of the usual answer's text. */
  List<String> text(String... more) {
    return PIECES.stream().map(piece -> chunk(delta(0, opening(piece)), more)).toList();
  }

  /** A piece of the text as a delta; the first one contains the role. */
  private static String opening(String piece) {
    return (piece.equals(PIECES.getFirst()) ? ROLE : "") + content(piece);
  }

  /** The chunks of the usual answer, including the last. */
  List<String> whole(String... more) {
    return join(text(more), List.of(chunk(finish(0, "stop"), more)));
  }

  /** The chunk with only the usage. */
  String usage() {
    return chunk("", ",\"usage\":" + USAGE);
  }

  /** A plain answer of one choice. */
  String answer(String message, String finish, String... more) {
    return answerOf(
        "{\"index\":0,\"message\":{\"role\":\"assistant\",%s},\"finish_reason\":\"%s\"%s}"
            .formatted(message, finish, String.join("", more)),
        USAGE);
  }

  /** A plain answer. */
  String answerOf(String choices, String usage) {
    return "{\"id\":\"chatcmpl-case\",\"object\":\"chat.completion\",\"created\":1795000000,"
        + "\"model\":\"%s\",\"choices\":[%s],\"usage\":%s}".formatted(model, choices, usage);
  }

  static String content(String text) {
    return "\"content\":\"" + text + "\"";
  }

  static List<String> join(List<String> first, List<String> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }
}
