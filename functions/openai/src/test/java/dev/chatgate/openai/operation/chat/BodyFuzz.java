package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import java.util.Optional;
import java.util.OptionalLong;

/** What must hold of any bytes at all. */
final class BodyFuzz {
  private static final UpstreamEdits ALL =
      new UpstreamEdits(Optional.of("vendor/x"), OptionalLong.of(4096), true);

  private final ChatOperation parser;

  BodyFuzz(TokenCounters counters) {
    parser = new ChatOperation(counters);
  }

  void check(byte[] body) {
    switch (parser.parse(body)) {
      case ParsedRequest.Invalid(var error) -> {
        assertEquals(400, error.status());
        assertTrue(error.body().length < 8192, "a long error");
      }
      case ParsedRequest.Valid(var request) -> check(body, (ChatRequest) request);
    }
  }

  /** A valid body stays itself without edits, and with all of them says what they say. */
  private void check(byte[] body, ChatRequest request) {
    assertSame(body, request.upstreamBody(UpstreamEdits.NONE));
    assertTrue(request.promptTokens("vendor/x") > 0);
    var parsed = parser.parse(request.upstreamBody(ALL));
    if (request.stream()) {
      var up = (ChatRequest) assertInstanceOf(ParsedRequest.Valid.class, parsed).request();
      assertEquals("vendor/x", up.model());
      assertEquals(
          request.fields().maxTokens().orElse(4096), up.fields().maxTokens().orElseThrow());
      assertTrue(up.fields().includeUsage());
      assertEquals(request.fields().samples(), up.fields().samples());
    }
  }
}
