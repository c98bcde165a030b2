package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.bench.bill.Bill;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * Compares the guide's tables of costs with the program that computes them, and the program with
 * the template.
 */
class BillTest {
  private final Template template = Template.read(Repository.ROOT.resolve("template.yaml"));

  BillTest() throws IOException {}

  @Test
  void theGuidesTablesAreTheProgramsOutput() throws IOException {
    var guide = Files.readString(Repository.ROOT.resolve("infra/README.md"));

    assertTrue(guide.contains(Bill.guide()), Bill.guide());
  }

  @Test
  void theProgramsCountsAreThoseOfTheTemplate() {
    assertEquals(Bill.STACK.alarmMetrics(), alarmMetrics());
    assertEquals(
        Bill.STACK.compositeAlarms(), template.ofType("AWS::CloudWatch::CompositeAlarm").size());
    assertEquals(Bill.STACK.dashboards(), template.ofType("AWS::CloudWatch::Dashboard").size());
    assertEquals(Bill.SECRETS, template.ofType("AWS::SecretsManager::Secret").size());
    assertEquals(Bill.MEGABYTES, template.parameters().at("/MemorySize/Default").asInt());
    var dashboard = template.ofType("AWS::CloudWatch::Dashboard").toString();
    assertEquals(Bill.LOG_WIDGETS, dashboard.split("\"type\\\\?\": \\\\?\"log", -1).length - 1);
  }

  /** Counts the metrics of the default alarms; an anomaly band adds two metrics. */
  private int alarmMetrics() {
    int metrics = 0;
    for (var alarm : template.ofType("AWS::CloudWatch::Alarm").entrySet()) {
      if (!template.resources().get(alarm.getKey()).has("Condition")) {
        metrics += metrics(alarm.getValue());
      }
    }
    return metrics;
  }

  private static int metrics(JsonNode alarm) {
    if (alarm.has("MetricName")) {
      return 1;
    }
    int bands = alarm.toString().contains("ANOMALY_DETECTION_BAND") ? 2 : 0;
    return alarm.findValues("MetricStat").size() + bands;
  }
}
