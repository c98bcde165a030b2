package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.bench.bill.Bill;
import dev.chatgate.telemetry.MetricSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Compares the guide's tables of costs with the program that computes them, and the program with
 * the template.
 */
class BillTest {
  private final Template source = Template.read(Repository.ROOT.resolve("template.yaml"));

  BillTest() throws IOException {}

  @Test
  void theGuidesTablesAreTheProgramsOutput() throws IOException {
    var guide = Files.readString(Repository.ROOT.resolve("infra/README.md"));

    assertTrue(guide.contains(Bill.guide()), Bill.guide());
    assertTrue(guide.contains(Bill.flood()), Bill.flood());
  }

  @Test
  void aMillionCallsWithoutACredentialCostLittle() {
    double url = Bill.total(Bill.refusals(false));
    double api = Bill.total(Bill.refusals(true));

    assertTrue(url < 0.60, url + " dollars");
    assertEquals(1.00, api - url, 1e-9);
    // What the guide says of an hour at the usual limit of the API door.
    double hour = api * 500 * 3600 / 1e6;
    assertTrue(hour > 2 && hour < 3, hour + " dollars");
  }

  @Test
  void theProgramsCountsAreThoseOfTheTemplate() {
    var template = Decided.of(source, Map.of());

    assertEquals(Bill.STACK, parts(template, 3));
    assertEquals(Bill.SECRETS, template.ofType("AWS::SecretsManager::Secret").size());
    assertEquals(Bill.MEGABYTES, template.parameters().at("/MemorySize/Default").asInt());
    var dashboard = template.ofType("AWS::CloudWatch::Dashboard").toString();
    assertEquals(Bill.LOG_WIDGETS, dashboard.split("\"type\\\\?\": \\\\?\"log", -1).length - 1);
  }

  @Test
  void anUnwatchedStackCostsLessThanTwoDollarsWithoutCalls() {
    var template = Decided.of(source, Map.of("Watch", "off", "SpendAlarmUsdPerHour", "1"));
    var reconciler = template.properties("ReconcilerFunction").at("/Environment/Variables");

    assertEquals(Template.read("!Ref Watch").root(), reconciler.get(MetricSource.VARIABLE));
    assertEquals(Bill.UNWATCHED, parts(template, 0));
    double idle = Bill.total(Bill.lines(Bill.UNWATCHED, Bill.Traffic.of(0, 3, false)));
    assertTrue(idle < 2, idle + " dollars");
  }

  private static Bill.FixedParts parts(Template template, int idleMetrics) {
    return new Bill.FixedParts(
        template.ofType("AWS::CloudWatch::Alarm").values().stream()
            .mapToInt(BillTest::metrics)
            .sum(),
        template.ofType("AWS::CloudWatch::CompositeAlarm").size(),
        template.ofType("AWS::CloudWatch::Dashboard").size(),
        idleMetrics);
  }

  /** Counts the metrics of an alarm; an anomaly band adds two. */
  private static int metrics(JsonNode alarm) {
    if (alarm.has("MetricName")) {
      return 1;
    }
    int bands = alarm.toString().contains("ANOMALY_DETECTION_BAND") ? 2 : 0;
    return alarm.findValues("MetricStat").size() + bands;
  }
}
