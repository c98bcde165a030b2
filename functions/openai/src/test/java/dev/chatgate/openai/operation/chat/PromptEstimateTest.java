package dev.chatgate.openai.operation.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.tokens.TokenCounters;
import org.junit.jupiter.api.Test;

class PromptEstimateTest {
  private static final String GPT = "openai/gpt-4o";
  private static final String OTHER = "vendor/unknown";
  private static final String TEXT =
      "The quick brown fox jumps over the lazy dog. ".repeat(20).strip();

  private static final TokenCounters counters = new TokenCounters();
  private final ChatOperation parser = new ChatOperation(counters);

  @Test
  void aShortPromptCostsItsTemplateAndItsFraming() {
    long estimate = estimate(GPT, content("\"hi\""));
    assertTrue(estimate > PromptEstimate.TEMPLATE && estimate < PromptEstimate.TEMPLATE + 32);
  }

  @Test
  void everyTextCounts() {
    for (String model : new String[] {GPT, OTHER}) {
      long text = counters.forModel(model).count(TEXT);
      long without = estimate(model, content("\"\""));
      for (String body :
          new String[] {
            content('"' + TEXT + '"'),
            content("[{\"type\":\"text\",\"text\":\"" + TEXT + "\"}]"),
            content("{\"type\":\"text\",\"text\":\"" + TEXT + "\"}"),
            content("[{\"type\":\"unknown\",\"x\":[{\"y\":\"" + TEXT + "\"}]}]"),
            with("\"tools\":[" + tool("\"description\":\"" + TEXT + "\"") + "]"),
            with("\"tools\":[" + tool("\"parameters\":{\"" + TEXT + "\":{}}") + "]"),
            with(
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\","
                    + "\"schema\":{\"description\":\""
                    + TEXT
                    + "\"}}}"),
            with("\"invented_next_year\":{\"image_url\":\"" + TEXT + "\"}")
          }) {
        long more = estimate(model, body) - without;
        // A quote may merge with the sign beside it; the framing has room for that.
        assertTrue(more >= text - 2, () -> model + " " + body + ": " + more + " < " + text);
        assertTrue(more < text + 200, () -> model + " " + body + ": " + more);
      }
    }
  }

  @Test
  void escapesCountAsWhatTheyMean() {
    String plain = "Grüße an alle, 日本語 😀";
    var escaped = new StringBuilder();
    plain.chars().forEach(c -> escaped.append("\\u%04x".formatted(c)));
    assertEquals(
        estimate(GPT, content('"' + plain + '"')), estimate(GPT, content("\"" + escaped + '"')));
  }

  @Test
  void whiteSpaceBetweenValuesDoesNotCount() {
    String compact = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    String pretty = compact.replaceAll("([{\\[,:])", "$1\r\n        ");
    assertEquals(estimate(GPT, compact), estimate(GPT, pretty));
  }

  @Test
  void picturesAndVideosCostAConstantWhateverTheirUrl() {
    String image = "{\"type\":\"image_url\",\"image_url\":\"%s\"}";
    String nested = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}";
    String video = "{\"type\":\"video_url\",\"video_url\":\"u\"}";
    String data = "data:image/png;base64," + "iVBORw0K".repeat(10_000);
    assertPicture(PromptEstimate.IMAGE, 1, content(image.formatted("u")));
    assertPicture(PromptEstimate.IMAGE, 1, content('[' + image.formatted(data) + ']'));
    assertPicture(PromptEstimate.IMAGE, 1, content('[' + nested.formatted(data) + ']'));
    assertPicture(PromptEstimate.VIDEO, 1, content('[' + video + ']'));
    assertPicture(
        PromptEstimate.IMAGE,
        2,
        content('[' + image.formatted("u") + ',' + nested.formatted("u") + ']'));
  }

  private void assertPicture(long each, int count, String body) {
    long more = estimate(GPT, body) - estimate(GPT, content("\"\""));
    assertTrue(more >= each * count && more < each * count + 50, body.length() + ": " + more);
  }

  @Test
  void aSchemaMayHaveAPropertyThatIsCalledLikeAPicture() {
    String tool = tool("\"parameters\":{\"properties\":{\"image_url\":{\"type\":\"string\"}}}");
    assertTrue(estimate(GPT, with("\"tools\":[" + tool + "]")) < 400);
  }

  @Test
  void toolsCostTheirInstructions() {
    long without = estimate(GPT, with("\"x\":[]"));
    long with = estimate(GPT, with("\"tools\":[]"));
    assertTrue(with >= without + PromptEstimate.TOOLS);
  }

  private static String content(String content) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]}";
  }

  private static String with(String field) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]," + field + "}";
  }

  private static String tool(String field) {
    return "{\"type\":\"function\",\"function\":{\"name\":\"f\"," + field + "}}";
  }

  private long estimate(String model, String body) {
    var parsed = parser.parse(body.getBytes(UTF_8));
    return assertInstanceOf(ParsedRequest.Valid.class, parsed, parsed::toString)
        .request()
        .promptTokens(model);
  }
}
