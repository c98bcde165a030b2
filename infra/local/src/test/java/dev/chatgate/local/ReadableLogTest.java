package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-30T19:15:03.9Z"), ZoneId.of("Europe/Berlin"));

  private final List<String> printed = new ArrayList<>();
  private final ReadableLog log = new ReadableLog(printed::add, CLOCK);

  @Test
  void aCallIsOneShortLine() {
    assertEquals(
        "20:15:03 POST chat 200 demo local/chat 5+22 tokens 0.9 s req_1",
        readable(
            """
            {"kind":"call","request_id":"req_1","door":"url","method":"POST","client":"curl/8",
             "route":"chat","tenant":"demo","key":"demo","gen_ai.request.model":"local/chat",
             "gen_ai.usage.input_tokens":5,"gen_ai.usage.output_tokens":22,"status":200,
             "duration_ms":870,"FunctionName":"StreamFunction","_aws":{"Timestamp":1}}
            """));
  }

  @Test
  void aCallWithoutTenantOrModelLeavesThemOut() {
    assertEquals(
        "20:15:03 GET ? 404 unknown_url 0.0 s req_2",
        readable(
            """
            {"kind":"call","request_id":"req_2","method":"GET","status":404,"code":"unknown_url",
             "duration_ms":3}
            """));
  }

  @Test
  void aRefusalNamesItsCodeAndItsLimit() {
    assertEquals(
        "20:15:03 POST chat 429 rate_limit_exceeded (requests_per_minute of end user 4f3a)"
            + " limited local/chat 0.1 s req_3",
        readable(
            """
            {"kind":"call","request_id":"req_3","method":"POST","route":"chat","status":429,
             "tenant":"limited","end_user":"4f3a","gen_ai.request.model":"local/chat",
             "limit":"requests_per_minute","limit_scope":"end_user","code":"rate_limit_exceeded",
             "duration_ms":120}
            """));
  }

  @Test
  void aTenantsLimitNeedsNoOwner() {
    assertEquals(
        "20:15:03 POST chat 429 insufficient_quota (tokens_per_day) limited 0.0 s req_4",
        readable(
            """
            {"kind":"call","request_id":"req_4","method":"POST","route":"chat","status":429,
             "tenant":"limited","limit":"tokens_per_day","limit_scope":"tenant",
             "code":"insufficient_quota","duration_ms":7}
            """));
  }

  @Test
  void refusalsThatWereCountedAreOneLine() {
    assertEquals(
        "20:15:03 429 rate_limit_exceeded (requests_per_minute) limited 203.0.113.7 57 more",
        readable(
            """
            {"kind":"refusals","door":"api","status":429,"code":"rate_limit_exceeded",
             "tenant":"limited","source_ip":"203.0.113.7","first":"2026-11-30T18:15:00Z",
             "errors":57,"calls":57,"limit":"requests_per_minute","limit_scope":"tenant",
             "refusals":57}
            """));
  }

  @Test
  void refusalsWithoutATenantAreCountedToo() {
    assertEquals(
        "20:15:03 401 invalid_api_key 1 more",
        readable(
            """
            {"kind":"refusals","door":"api","status":401,"code":"invalid_api_key","others":true,
             "first":"2026-11-30T18:15:00Z","errors":1}
            """));
  }

  @Test
  void aCutStreamIsCalledCut() {
    assertEquals(
        "20:15:03 POST chat 200 cut upstream_incomplete demo local/cut about 5+11 tokens 0.5 s req_5",
        readable(
            """
            {"kind":"call","request_id":"req_5","method":"POST","route":"chat","status":200,
             "cut":true,"code":"upstream_incomplete","tenant":"demo","estimated":1,
             "gen_ai.request.model":"local/cut","gen_ai.usage.input_tokens":5,
             "gen_ai.usage.output_tokens":11,"duration_ms":500}
            """));
  }

  @Test
  void aClientThatLeftIsNamed() {
    assertEquals(
        "20:15:03 POST chat 200 client gone 61.0 s req_6",
        readable(
            """
            {"kind":"call","request_id":"req_6","method":"POST","route":"chat","status":200,
             "client_gone":true,"duration_ms":61000}
            """));
  }

  @Test
  void aWarningIsASentence() {
    assertEquals(
        "20:15:03 warning: tenant limited, tokens_per_day of end user 4f3a has reached 80 %:"
            + " 830 of 1000",
        readable(
            """
            {"kind":"warning","tenant":"limited","end_user":"4f3a","limit_scope":"end_user",
             "limit":"tokens_per_day","percent":80,"settled":830,"allowed":1000}
            """));
  }

  @Test
  void aDefectNamesItsPlace() {
    assertEquals(
        "20:15:03 defect: java.lang.IllegalStateException req_7 at a.B.c(B.java:1) < a.D.e(D.java:2)",
        readable(
            """
            {"kind":"defect","request_id":"req_7","error":"java.lang.IllegalStateException",
             "at":"a.B.c(B.java:1) < a.D.e(D.java:2)"}
            """));
  }

  @Test
  void anEventIsNamed() {
    assertEquals(
        "20:15:03 bucket repaired demo",
        readable("{\"kind\":\"event\",\"event\":\"bucket repaired\",\"tenant\":\"demo\"}"));
  }

  @Test
  void aRunOfTheReconcilerSaysWhatItChanged() {
    assertEquals(
        "20:15:03 reconciler: orphans 1, released 2",
        readable(
            """
            {"kind":"reconciliation","runs":1,"items":3,"orphans":1,"applied":0,"released":2,
             "closed_days":0,"flushed":0,"unfinished":0,"duration_ms":9}
            """));
  }

  @Test
  void aRunThatChangedNothingIsSilent() {
    log.accept("ReconcilerFunction-1 | {\"kind\":\"reconciliation\",\"items\":3,\"orphans\":0}");
    assertEquals(List.of(), printed);
  }

  @Test
  void theVirtualMachinesOptionsAreDropped() {
    log.accept("ApiFunction-1 | Picked up JAVA_TOOL_OPTIONS: -XX:TieredStopAtLevel=1");
    assertEquals(List.of(), printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ApiFunction-1 | Task timed out after 3 seconds",
        "ApiFunction-1 | \tat a.B.c(B.java:1)",
        "local | the reconciler failed: CRASHED",
        "ApiFunction-1 | {\"kind\":\"novelty\",\"request_id\":\"req_1\"}",
        "ApiFunction-1 | {\"kind\":\"call\"",
        "ApiFunction-1 | {\"kind\":\"call\"} {}",
        "ApiFunction-1 | {}",
        "ApiFunction-1 | [{\"kind\":\"call\"}]",
        "ApiFunction-1 | Grüße | 世界 🌍",
        "no instance",
        ""
      })
  void otherLinesPassUnchanged(String line) {
    log.accept(line);
    assertEquals(List.of(line), printed);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0x2028, 0x202E, 0xD800})
  void noCharacterThatActsOnATerminalIsPrinted(int character) {
    String escape = "\\u%04x".formatted(character);
    log.accept(
        "A-1 | {\"kind\":\"call\",\"method\":\"GET\",\"route\":\"a%sb\",\"status\":200}"
            .formatted(escape));
    log.accept("A-1 | {\"kind\":\"a%sb\"}".formatted(escape));
    log.accept("A-1 | a" + (char) character + "b");
    assertEquals(
        List.of(
            "20:15:03 GET a" + escape + "b 200 0.0 s",
            "A-1 | {\"kind\":\"a" + escape + "b\"}",
            "A-1 | a" + escape + "b"),
        printed);
  }

  private String readable(String json) {
    log.accept("StreamFunction-1 | " + json.replace("\n", ""));
    assertEquals(1, printed.size(), printed.toString());
    return printed.getFirst();
  }
}
