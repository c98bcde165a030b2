package dev.chatgate.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
  private static final String AWS =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=";

  @Test
  void aValidTraceIsContinuedWithANewSpan() {
    var trace =
        of(Map.of("traceparent", PARENT, "tracestate", "a=1,b=2", "x-amzn-trace-id", AWS + "0"));
    assertEquals(TRACE, trace.traceId());
    assertNotEquals("00f067aa0ba902b7", trace.spanId());
    assertTrue(trace.spanId().matches("[0-9a-f]{16}"), trace.spanId());
    assertEquals("00-" + TRACE + "-" + trace.spanId() + "-01", trace.parent());
    assertEquals(Optional.of("a=1,b=2"), trace.state());
  }

  @ParameterizedTest
  @CsvSource({"00,0", "01,1", "02,2", "03,3", "ff,3", "f8,0"})
  void onlyKnownFlagsArePassedOn(String flags, int ours) {
    assertEquals(ours, of(Map.of("traceparent", PARENT.substring(0, 53) + flags)).flags());
  }

  @Test
  void aLaterVersionMayHaveMoreFields() {
    assertEquals(TRACE, of(Map.of("traceparent", "cc" + PARENT.substring(2) + "-more")).traceId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"
      })
  void anInvalidTraceparentIsIgnored(String traceparent) {
    var trace = of(Map.of("traceparent", traceparent, "tracestate", "a=1"));
    assertNotEquals(TRACE, trace.traceId());
    assertEquals(Optional.empty(), trace.state(), "its state goes with it");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "0,0", "?,0"})
  void otherwiseAwssTraceIsContinued(String sampled, int flags) {
    var trace = of(Map.of("x-amzn-trace-id", AWS + sampled));
    assertEquals("5759e988bd862e3fe1be46a994272793", trace.traceId());
    assertEquals(flags, trace.flags());
  }

  @Test
  void otherwiseANewTraceIsStarted() {
    var random = new Random(7);
    var one = TraceContext.of(Map.of("x-amzn-trace-id", "Self=1-2-3"), random);
    var other = TraceContext.of(Map.of(), random);
    assertTrue(one.traceId().matches("[0-9a-f]{32}"), one.traceId());
    assertNotEquals(one.traceId(), other.traceId());
    assertNotEquals(one.spanId(), other.spanId());
    assertEquals(2, one.flags(), "random");
  }

  @Test
  void anInvalidStateIsNotPassedOn() {
    for (var state : new String[] {" ", "a", "=1", "a=\n", "a=é", "a=" + "x".repeat(511)}) {
      assertEquals(
          Optional.empty(), of(Map.of("traceparent", PARENT, "tracestate", state)).state(), state);
    }
  }

  private static TraceContext of(Map<String, String> headers) {
    return TraceContext.of(headers, new Random(1));
  }
}
