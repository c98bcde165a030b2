package dev.chatgate.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.testkit.Received;
import dev.chatgate.usage.TokenCounts;
import java.util.Optional;
import java.util.regex.Pattern;

/** Questions with a number, and answers that say which question they answer, in text and usage. */
public final class Questions {
  private static final Pattern NUMBER = Pattern.compile("question (\\d+)\\.");

  private Questions() {}

  public static ProviderCall plain(int number) {
    return Calls.of(body(number, ""));
  }

  public static ProviderCall stream(int number) {
    return Calls.of(body(number, ",\"stream\":true"));
  }

  private static String body(int number, String more) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"question "
        + number
        + ".\"}],\"max_tokens\":9"
        + more
        + "}";
  }

  /** The number of the question that a request asks. */
  public static int number(Received request) {
    var matcher = NUMBER.matcher(request.text());
    if (!matcher.find()) {
      throw new IllegalStateException("no question: " + request.text());
    }
    return Integer.parseInt(matcher.group(1));
  }

  public static boolean isStream(Received request) {
    return request.text().contains("\"stream\":true");
  }

  /** The body of a plain answer. */
  public static String answer(int number) {
    return "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"answer "
        + number
        + ".\"},\"finish_reason\":\"stop\"}],\"usage\":"
        + usage(number)
        + "}";
  }

  /** A stream up to its end, without what only a tenant who asks for usage gets. */
  public static String events(int number) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"answer "
        + number
        + ".\"},\"finish_reason\":\"stop\"}]}\n\n";
  }

  public static String stream(int number, String done) {
    return events(number) + "data: {\"choices\":[],\"usage\":" + usage(number) + "}\n\n" + done;
  }

  private static String usage(int number) {
    return "{\"prompt_tokens\":" + (1000 + number) + ",\"completion_tokens\":1}";
  }

  /** A whole answer of HTTP, as a provider writes it that confuses its calls. */
  public static String http(int number) {
    var body = answer(number);
    return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** The call got the answer to its own question, whole, and is billed for that. */
  public static void assertOwnAnswer(int number, ProviderOutcome outcome, RecordingSink sink) {
    var answered = assertInstanceOf(Answered.class, outcome);
    assertEquals(Optional.empty(), answered.brokenBy());
    assertEquals(new TokenCounts(1000 + number, 0, 1), answered.consumption().counts());
    assertTrue(sink.text().contains("answer " + number + "."), sink::text);
  }
}
