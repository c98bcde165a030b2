package dev.chatgate.bench.figures;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts of a start, told by who is at work. */
final class StartPhase {
  private static final String CLIENTS = "wait for the SDK clients";
  private static final String AHEAD = "wait for what is fetched ahead";

  /** The main thread's, while others work. */
  static final Set<String> WAITING = Set.of(CLIENTS, AHEAD);

  private static final String REST = "rest";

  /** In the order of the table. */
  static final List<String> NAMES =
      List.of(
          "JVM until main",
          "runtime",
          "Micronaut context",
          "SDK clients",
          CLIENTS,
          "provider client",
          "the gateway's other parts",
          AHEAD,
          REST);

  private static final List<Map.Entry<String, String>> OWNERS =
      List.of(
          Map.entry("software.amazon.awssdk.", "SDK clients"),
          Map.entry("dev.chatgate.aws.", "SDK clients"),
          Map.entry("dev.chatgate.gateway.wiring.AwsClientsFuture", CLIENTS),
          Map.entry("dev.chatgate.chat.Ahead", AHEAD),
          Map.entry("dev.chatgate.openai.provider.", "provider client"),
          Map.entry("io.micronaut.", "Micronaut context"),
          Map.entry("dev.chatgate.streaming.", "runtime"),
          Map.entry("com.amazonaws.services.lambda.", "runtime"),
          Map.entry("dev.chatgate.", "the gateway's other parts"));

  private StartPhase() {}

  /**
   * The phase of a moment. The HTTP client has two users, so it says nothing by itself.
   *
   * @param frames class names from index 2 on, innermost first
   */
  static String of(String[] frames) {
    for (int i = 2; i < frames.length; i++) {
      for (var owner : OWNERS) {
        if (frames[i].startsWith(owner.getKey())) {
          return owner.getValue();
        }
      }
    }
    return REST;
  }
}
