package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class LoopWarmUpTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final Instant DEADLINE = Instant.parse("2026-11-01T00:15:00Z");
  private static final String TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0";
  private static final byte[] EVENT = "{}".getBytes(StandardCharsets.UTF_8);

  @Test
  void playReturnsTheStatusOfEachAnswer() {
    played(warmUp -> {
      for (int status : List.of(200, 404, 503)) {
        assertEquals(status, play(warmUp, answering(status, "a")));
      }
    });
  }

  /** Bytes in the body that look like the last chunk must not end the answer. */
  @Test
  void anAnswerMayContainTheBytesOfALastChunk() {
    played(warmUp -> {
      assertEquals(200, play(warmUp, answering(200, "a\r\n0\r\n\r\nb")));
      assertEquals(200, play(warmUp, answering(200, "a\r\n0")));
    });
  }

  @Test
  void aHandlerThatFailsGivesNoAnswerAndTheNextOneDoes() {
    played(warmUp -> {
      assertThrows(
          IOException.class,
          () ->
              play(
                  warmUp,
                  (request, context, response) -> {
                    throw new IllegalStateException();
                  }));
      assertThrows(
          IOException.class,
          () ->
              play(
                  warmUp,
                  (request, context, response) -> {
                    response.head(200, Map.of());
                    response.write(EVENT);
                    throw new IllegalStateException();
                  }));
      assertEquals(200, play(warmUp, answering(200, "a")));
    });
  }

  private static StreamingHandler answering(int status, String body) {
    return (request, context, response) -> {
      response.head(status, Map.of("content-type", "text/plain"));
      response.write(body.getBytes(StandardCharsets.UTF_8));
      response.end();
    };
  }

  @Test
  void theHandlerGetsEventDeadlineAndTrace() {
    played(warmUp -> {
      var told = new ArrayList<InvocationContext>();
      var _ =
          play(
              warmUp,
              (request, context, response) -> {
                told.add(context);
                answering(200, "a").handle(request, context, response);
              });
      assertEquals(DEADLINE, told.getFirst().deadline());
      assertEquals(Optional.of(TRACE), told.getFirst().traceId());
    });
  }

  private static int play(LoopWarmUp warmUp, StreamingHandler handler) throws IOException {
    return warmUp.invoke(EVENT, DEADLINE, TRACE, handler);
  }

  private interface Play {
    void with(LoopWarmUp warmUp) throws IOException;
  }

  private static void played(Play play) {
    Assertions.assertTimeoutPreemptively(
        AMPLE,
        () -> {
          try (var warmUp = new LoopWarmUp()) {
            play.with(warmUp);
          }
        });
  }
}
