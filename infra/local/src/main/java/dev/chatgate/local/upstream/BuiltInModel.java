package dev.chatgate.local.upstream;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The models in the built-in upstream's list. Most of them do what their name says, so that a front
 * end can be tried against errors and odd answers. A name that is not in the list answers like
 * {@link #CHAT}.
 */
enum BuiltInModel {
  /** An ordinary answer. */
  CHAT("chat"),
  /** The same. */
  CHAT_LARGE("chat-large"),
  /** Nothing for three seconds, then five tokens a second. */
  SLOW("slow"),
  /** The connection breaks in the middle of the answer. */
  CUT("cut"),
  /** Always too busy: 429, with a wait of two seconds. */
  BUSY("429"),
  /** Always fails: 500. */
  FAILING("500"),
  /** Calls a tool, also if the request only allows one or has none. */
  TOOLS("tools"),
  /** Thinks in {@code reasoning_content} before it answers. */
  REASONING("reasoning"),
  /** About 2,000 tokens. */
  LONG("long");

  private static final String PREFIX = "local/";

  private final String name;

  BuiltInModel(String name) {
    this.name = name;
  }

  /** The names, in the order of the list. */
  static List<String> names() {
    return Arrays.stream(values()).map(BuiltInModel::id).toList();
  }

  /** The model of a name. */
  static BuiltInModel of(String id) {
    return Arrays.stream(values()).filter(model -> model.id().equals(id)).findFirst().orElse(CHAT);
  }

  /** The name that a request has. */
  String id() {
    return PREFIX + name;
  }

  /**
   * How fast it answers.
   *
   * @param usual the pacing of an ordinary model
   */
  Pacing pacing(Pacing usual) {
    return switch (this) {
      case SLOW -> new Pacing(Duration.ofSeconds(3), Duration.ofMillis(200));
      case LONG -> new Pacing(usual.firstToken(), usual.eachToken().dividedBy(4));
      default -> usual;
    };
  }
}
