package dev.chatgate.bench.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.bench.bill.BillPerMillion.Use;
import java.util.List;
import org.junit.jupiter.api.Test;

class BillPerMillionTest {
  private static final double CENT = 0.005;
  private static final Use PLAIN = new Use("plain, API", true, 2, 1769, 3, 1, 1_500);
  private static final Use STREAM = new Use("stream, URL", false, 2, 1769, 3, 1, 1_500);

  @Test
  void eachLineIsItsUseTimesItsPrice() {
    assertEquals(0.046, dollars(PLAIN, "Lambda memory while it works"), 0.001);
    assertEquals(0.20, dollars(PLAIN, "Lambda requests"), CENT);
    assertEquals(1.00, dollars(PLAIN, "API Gateway"), CENT);
    assertEquals(1.875, dollars(PLAIN, "DynamoDB writes"), CENT);
    assertEquals(0.125, dollars(PLAIN, "DynamoDB reads"), CENT);
    assertEquals(1.00, dollars(PLAIN, "logs"), CENT);
  }

  @Test
  void aFunctionUrlIsFree() {
    assertEquals(0, dollars(STREAM, "API Gateway"));
  }

  @Test
  void halfTheMemoryCostsTheSameForWorkAndHalfForWaiting() {
    var half = new Use("half", false, 2, 884, 3, 1, 1_500);
    assertEquals(
        dollars(STREAM, "Lambda memory while it works"),
        dollars(half, "Lambda memory while it works"),
        0.001);
    assertEquals(BillPerMillion.waiting(STREAM, 10) / 2, BillPerMillion.waiting(half, 10), 0.1);
  }

  @Test
  void moreMemoryThanForOneProcessorDoesNotMakeOneThreadFaster() {
    var twice = new Use("twice", false, 2, 3538, 3, 1, 1_500);
    assertEquals(
        2 * dollars(STREAM, "Lambda memory while it works"),
        dollars(twice, "Lambda memory while it works"),
        0.001);
  }

  @Test
  void waitingIsBilledLikeWork() {
    assertEquals(133.33, BillPerMillion.waiting(new Use("", false, 2, 1024, 3, 1, 0), 10), CENT);
  }

  @Test
  void theTableHasAColumnForEachUseAndASumForEachTimeOfTheProvider() {
    var table = BillPerMillion.table(List.of(PLAIN, STREAM));
    assertTrue(
        table.startsWith("| a million calls, USD | worked out as | plain, API | stream, URL |\n"),
        table);
    assertTrue(table.contains("| **together, the provider takes 0 s** |  | 4.25 | 3.25 |"), table);
    assertTrue(table.contains("provider takes 10 s** | 10 s × GB × $0.0000133334 more |"), table);
  }

  @Test
  void negativeUseIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Use("", false, Double.NaN, 1024, 3, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Use("", false, 2, 64, 3, 1, 0));
  }

  private static double dollars(Use use, String line) {
    return BillPerMillion.of(use).stream()
        .filter(row -> row.what().equals(line))
        .findFirst()
        .orElseThrow()
        .dollars();
  }
}
