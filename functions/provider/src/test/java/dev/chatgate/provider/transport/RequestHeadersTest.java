package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RequestHeadersTest {
  @Test
  void theUserAgentNamesThisVersion() throws IOException {
    var parent =
        Pattern.compile("<artifactId>chatgate</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertTrue(parent.find());
    assertEquals("chatgate/" + parent.group(1), RequestHeaders.USER_AGENT);
  }

  @Test
  void theTraceContextAndTheAllowanceTravel() {
    try (var harness = new ClientHarness(wire -> wire.json(200, "{}"))) {
      var without = Calls.PLAIN.replace(",\"max_tokens\":9", "");
      var call = Calls.of(without);
      var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      harness.call(
          new ProviderCall(
              call.requestId(),
              call.path(),
              call.request(),
              call.upstream(),
              OptionalLong.of(4096),
              call.deadline(),
              1,
              Optional.of(trace),
              Optional.of("a=1,b=2")));
      var request = harness.provider.requests().getFirst();
      assertEquals(trace, request.header("traceparent"));
      assertEquals("a=1,b=2", request.header("tracestate"));
      assertEquals(RequestHeaders.USER_AGENT, request.header("user-agent"));
      assertEquals("req_0123456789abcdefghijklmn", request.header("x-request-id"));
      assertTrue(request.text().contains("\"max_tokens\":4096"));
    }
  }
}
