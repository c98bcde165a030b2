package dev.chatgate.provider.answer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes streams as providers might send them, in every framing. */
final class StreamGenerator {
  private static final List<String> ENDS = List.of("\n", "\r", "\r\n");
  private static final List<String> TEXTS =
      List.of(
          "", "a", "é", "€", "😀", "\\n", "\\u00e9", "\\ud83d\\ude00", "[DONE]", "data:", "x y");

  private final Random random;
  private final String end;
  private final StringBuilder sent = new StringBuilder();
  private final StringBuilder expected = new StringBuilder();

  private StreamGenerator(Random random) {
    this.random = random;
    this.end = ENDS.get(random.nextInt(ENDS.size()));
  }

  /**
   * A stream and what is to come out.
   *
   * @param sent with usage that nobody asked for
   * @param expected without it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Pair(byte[] sent, byte[] expected) {}

  /** A healthy stream of one choice that ends well. */
  static byte[] stream(Random random) {
    var generator = new StreamGenerator(random);
    generator.generate(false);
    return generator.sent.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The same with usage in places. */
  static Pair withUsage(Random random) {
    var generator = new StreamGenerator(random);
    generator.generate(true);
    return new Pair(
        generator.sent.toString().getBytes(StandardCharsets.UTF_8),
        generator.expected.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void generate(boolean withUsage) {
    for (int i = random.nextInt(8); i > 0; i--) {
      switch (random.nextInt(withUsage ? 6 : 5)) {
        case 0 -> both(": " + text() + end + end);
        case 1 -> both("event: ping" + end + end);
        case 2 -> both("id: " + i + end + "data: " + chunk("") + end + end);
        case 3 ->
            both("data:" + chunk("").replace(",\"delta", "," + end + "data:\"delta") + end + end);
        case 4 -> both("data: " + chunk("") + end + end);
        default -> usage();
      }
    }
    both("data: " + chunk(",\"finish_reason\":\"stop\"") + end + end);
    if (random.nextBoolean()) {
      both("data: [DONE]" + end + end);
    }
  }

  private void both(String event) {
    sent.append(event);
    expected.append(event);
  }

  private void usage() {
    var usage = random.nextBoolean() ? "null" : "{\"prompt_tokens\":1,\"completion_tokens\":2}";
    if (random.nextBoolean() && !usage.equals("null")) {
      sent.append("data: {\"choices\":[],\"usage\":" + usage + "}" + end + end);
      return;
    }
    var chunk = chunk("");
    var body = chunk.substring(1, chunk.length() - 1);
    boolean front = random.nextBoolean();
    var with =
        front
            ? "{\"usage\": " + usage + " , " + body + "}"
            : "{" + body + ",\"usage\":" + usage + "}";
    sent.append("data: " + with + end + end);
    expected.append("data: " + chunk + end + end);
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private String chunk(String rest) {
    var more =
        random.nextBoolean() ? ",\"future\":{\"usage\":[1.0,1e-7,null],\"model\":\"z\"}" : "";
    return "{\"id\" :\""
        + text()
        + "\",\"model\":\"m\", \"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + text()
        + "\"}"
        + rest
        + "}]"
        + more
        + "}";
  }
}
