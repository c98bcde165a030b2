package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proves that a provider refuses {@code stream_options}. */
class UsageRefusalTest {
  private static final String STREAMING =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true}";

  private static boolean isIn(String answer, String request) {
    return UsageRefusal.isIn(
        answer.getBytes(StandardCharsets.UTF_8), request.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"Unknown parameter: stream_options\"}}",
        "{\"error\":{\"message\":\"Unknown parameter: 'stream_options'.\",\"param\":\"stream_options\"}}",
        "{\"error\":{\"message\":\"x\",\"param\":\"stream_options.include_usage\"}}",
        "{\"error\":\"This model does not support include_usage\"}",
        "{\"object\":\"error\",\"message\":\"stream_options: Extra inputs are not permitted\"}",
        "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\"],\"msg\":\"Extra\",\"input\":{\"include_usage\":true}}]}",
        "{\"message\":\"json: unknown field \\\"stream_options\\\"\"}",
        "{\"error\":{\"message\":\"upstream said {\\\"error\\\":\\\"stream_options is not allowed\\\"}\"}}",
        "{\"error\":{\"message\":\"stream_options unknown in {'stream_options': {'include_usage': True}}\"}}",
        "Unrecognized request argument supplied: stream_options"
      })
  void theProvidersOwnWordsProveIt(String answer) {
    assertTrue(isIn(answer, STREAMING), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"Unknown parameter: tools\"}}",
        "{\"error\":{\"message\":\"bad: {\\\"stream_options\\\":{\\\"include_usage\\\":true},\\\"model\\\":\\\"m\\\"}\"}}",
        "{\"error\":{\"message\":\"bad: {\\\\\\\"stream_options\\\\\\\": {\\\\\\\"include_usage\\\\\\\": true}}\"}}",
        "{\"error\":{\"message\":\"'input': {'stream_options': {'include_usage': True}, 'model': 'm'}\"}}",
        "{\"error\":{\"message\":\"map[model:m stream_options:map[include_usage:true]]\"}}",
        "{\"error\":{\"message\":\"{\\\"stream_options\\\"=>{\\\"include_usage\\\"=>true}}\"}}",
        "{\"error\":{\"message\":\"{ stream_options: { include_usage: true } }\"}}",
        "{\"error\":{\"message\":\"stream_options=StreamOptions(include_usage=True)\"}}",
        "{\"error\":{\"message\":\"input {'stream_options': ...\"}}",
        "{\"error\":{\"message\":\"x\",\"request\":{\"stream_options\":{},\"param\":\"stream_options\"}}}",
        "{\"detail\":[{\"loc\":[\"body\",\"messages\"],\"msg\":\"bad\",\"input\":\"stream_options\"}]}",
        "{\"error\":{\"message\":\"x\",\"param\":\"my_stream_options\"}}",
        "bad: {\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}"
      })
  void whatIsQuotedProvesNothing(String answer) {
    assertFalse(isIn(answer, STREAMING), answer);
  }

  @Test
  void whatTheTenantWroteProvesNothing() {
    var words = "{\"error\":{\"message\":\"cannot answer: Unknown parameter: stream_options\"}}";
    for (String written : new String[] {"stream_options", "stream\\u005foptions"}) {
      var request = STREAMING.replace("\"hi\"", "\"Unknown parameter: " + written + "\"");
      assertFalse(isIn(words, request), written);
      assertTrue(isIn(words.replace("\"}}", "\",\"param\":\"stream_options\"}}"), request));
    }
  }
}
