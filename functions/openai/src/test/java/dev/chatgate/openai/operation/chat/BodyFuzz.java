package dev.chatgate.openai.operation.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.tokens.TokenCounters;
import java.util.Optional;
import java.util.OptionalLong;

/** What must hold of any bytes at all. */
final class BodyFuzz {
  private static final UpstreamEdits ALL =
      new UpstreamEdits(Optional.of("vendor/x"), OptionalLong.of(4096), true);

  private final ChatRequestParser parser;

  BodyFuzz(TokenCounters counters) {
    parser = new ChatRequestParser(counters);
  }

  void check(byte[] body) {
    switch (parser.parse(body)) {
      case ParsedChat.Invalid(var error) -> {
        assertEquals(400, error.status());
        assertTrue(error.body().length < 8192, "a long error");
      }
      case ParsedChat.Valid(var request) -> check(body, request);
    }
  }

  /** A valid body stays itself without edits, and with all of them says what they say. */
  private void check(byte[] body, ChatRequest request) {
    assertSame(body, request.upstreamBody(UpstreamEdits.NONE));
    assertTrue(request.promptTokens("vendor/x") > 0);
    var parsed = parser.parse(request.upstreamBody(ALL));
    if (request.stream()) {
      var up = assertInstanceOf(ParsedChat.Valid.class, parsed).request();
      assertEquals("vendor/x", up.model());
      assertEquals(request.maxTokens().orElse(4096), up.maxTokens().orElseThrow());
      assertTrue(up.usageRequested());
      assertEquals(request.samples(), up.samples());
    }
  }
}
