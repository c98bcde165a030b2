package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportedUsageTest {
  private static final TokenCounts OURS = new TokenCounts(7, 0, 7);
  private static final AnswerReader READER =
      Calls.of(Calls.PLAIN).request().answerReader(false, OutputListener.NONE);

  private static Consumption read(String answer) {
    var meter = new ReportedUsage(READER, new KnownKeys());
    take(meter, answer);
    return meter.consumption(() -> OURS);
  }

  private static void take(ReportedUsage meter, String answer) {
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    meter.take(bytes, READER.read(bytes, 0, bytes.length));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt_tokens\":3,\"completion_tokens\":2} | 3 | 0 | 2",
        "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0} | 0 | 0 | 0",
        "{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4}} | 9 | 4 | 2",
        "{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":null} | 9 | 0 | 2",
        "{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":null}} | 9 | 0 | 2",
        "{\"prompt_tokens\":9,\"prompt_cache_hit_tokens\":5,\"completion_tokens\":2} | 9 | 5 | 2",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4}} | 3 | 3 | 2",
        "{\"prompt_tokens\":35,\"completion_tokens\":12,\"total_tokens\":109} | 35 | 0 | 74",
        "{\"total_tokens\":109,\"prompt_tokens\":35,\"completion_tokens\":0} | 35 | 0 | 74",
        "{\"prompt_tokens\":35,\"completion_tokens\":12,\"total_tokens\":47} | 35 | 0 | 12",
        "{\"prompt_tokens\":35,\"completion_tokens\":12,\"total_tokens\":46} | 35 | 0 | 12",
        "{\"prompt_tokens\":35,\"completion_tokens\":12,\"total_tokens\":0} | 35 | 0 | 12",
        "{\"prompt_tokens\":35,\"completion_tokens\":12,\"total_tokens\":null} | 35 | 0 | 12",
        "{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":1000000000000} | 1 | 0 | 999999999999",
        "{\"x\":{\"prompt_tokens\":-1},\"prompt_tokens\":1000000000000,\"completion_tokens\":1} | 1000000000000 | 0 | 1"
      })
  void whatTheProviderTellsIsBelieved(String usage, long prompt, long cached, long completion) {
    assertEquals(
        new Consumption.Measured(new TokenCounts(prompt, cached, completion), usage),
        read("{\"usage\":" + usage + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt_tokens\":3}",
        "{\"prompt_tokens\":null,\"completion_tokens\":2}",
        "{\"prompt_tokens\":-3,\"completion_tokens\":2}",
        "{\"prompt_tokens\":3.0,\"completion_tokens\":2}",
        "{\"prompt_tokens\":1e2,\"completion_tokens\":2}",
        "{\"prompt_tokens\":\"3\",\"completion_tokens\":2}",
        "{\"prompt_tokens\":3,\"completion_tokens\":99999999999999999999}",
        "{\"prompt_tokens\":3,\"completion_tokens\":1000000000001}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":-5}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":-1}}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":1000000000001}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":6.0}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":\"6\"}",
        "\"lots\"",
        "12",
        "[1,2]",
        "true"
      })
  void whatIsNotMadeOfCountsIsKeptAndNotBelieved(String usage) {
    assertEquals(
        new Consumption.Estimated(OURS, Optional.of(usage)), read("{\"usage\":" + usage + "}"));
  }

  @Test
  void nothingToldIsEstimated() {
    assertEquals(new Consumption.Estimated(OURS, Optional.empty()), read("{\"usage\":null}"));
    assertEquals(new Consumption.Estimated(OURS, Optional.empty()), read("{}"));
  }

  @Test
  void aUsageTooLargeForARecordIsNone() {
    var usage =
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"x\":\"" + "y".repeat(33_000) + "\"}";
    assertEquals(
        new Consumption.Estimated(OURS, Optional.empty()), read("{\"usage\":" + usage + "}"));
  }

  @Test
  void theUsageIsKeptAsItCame() {
    var usage = "{ \"prompt_tokens\" : 3 ,\n\"completion_tokens\":2, \"é\":1.0 }";
    assertEquals(
        new Consumption.Measured(new TokenCounts(3, 0, 2), usage),
        read("\n {\"é\":\"€\", \"usage\" : " + usage + " , \"a\":1}"));
  }

  @Test
  void noRecordHoldsOurKey() {
    var meter = new ReportedUsage(READER, ClientHarness.known());
    var usage = "{\"prompt_tokens\":3,\"completion_tokens\":2,\"x\":\"\\u0073k-provider-secret\"}";
    take(meter, "{\"usage\":" + usage + "}");
    assertEquals(
        new Consumption.Measured(
            new TokenCounts(3, 0, 2), "{\"prompt_tokens\":3,\"completion_tokens\":2}"),
        meter.consumption(() -> OURS));
    take(meter, "{\"usage\":\"sk-provider-secret\"}");
    assertEquals(new Consumption.Estimated(OURS, Optional.empty()), meter.consumption(() -> OURS));
  }
}
