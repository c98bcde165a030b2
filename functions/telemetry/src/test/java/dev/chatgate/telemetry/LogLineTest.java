package dev.chatgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
  private static final MetricSource SOURCE = new MetricSource("f", false);
  private static final MetricSource BY_TENANT = new MetricSource("f", true);
  private static final long MAX_BYTES_ALLOCATED = 16 * 1024;

  @Test
  void everyTextSurvivesTheEscapesAndTheLineIsAscii() {
    var odd = "\"\\\n\r\t\u0000\u001f\u007f é \u2028 \uD83D\uDE00 \uD83D";
    var line = new LogLine("call").text("odd", odd).end(SOURCE, NOW);
    assertEquals(odd, EmfRules.read(line).get("odd").asText());
    assertTrue(line.chars().limit(line.length() - 1L).allMatch(c -> c >= 0x20 && c < 0x7F), line);
    assertEquals(line.length() - 1, line.indexOf('\n'), "one line");
  }

  @Test
  void aLineWithoutMetricsHasNoDirective() {
    var line = new LogLine("event").number("a", -1).flag("b", true).texts("c", List.of("x", "y"));
    assertEquals(
        "{\"kind\":\"event\",\"a\":-1,\"b\":true,\"c\":[\"x\",\"y\"],\"time\":\"2026-11-23T12:00:00.123Z\"}\n",
        line.end(SOURCE, NOW));
  }

  @Test
  void aFieldIsWrittenOnce() {
    var line =
        new LogLine("call")
            .text("a", "1")
            .text("a", "2")
            .metric(Metric.CALLS, 1)
            .metric(Metric.CALLS, 2)
            .end(SOURCE, NOW);
    assertEquals("1", EmfRules.read(line).get("a").asText());
    assertEquals(1, EmfRules.read(line).get("calls").asInt());
  }

  @Test
  void everyMetricIsPublishedByItsDimensions() {
    var line = withEverything();
    var expected = new TreeSet<String>();
    for (var metric : Metric.values()) {
      expected.add(series(metric, metric.dimensions()));
    }
    assertEquals(expected, EmfRules.check(line.end(SOURCE, NOW)));
  }

  @Test
  void someMetricsArePublishedByTenantIfEnabled() {
    var expected = new TreeSet<String>();
    for (var metric : Metric.values()) {
      expected.add(series(metric, metric.dimensions()));
      if (metric.byTenant()) {
        expected.add(series(metric, Metric.Dimensions.TENANT));
      }
    }
    assertEquals(expected, EmfRules.check(withEverything().end(BY_TENANT, NOW)));
  }

  @Test
  void withoutATenantNoMetricIsPublishedByTenant() {
    var line = new LogLine("call").metric(Metric.CALLS, 1).end(BY_TENANT, NOW);
    assertEquals(Set.of("calls[\"FunctionName\"]"), EmfRules.check(line));
  }

  @Test
  void withoutMetricsTheirFieldsStayInTheLine() {
    var line = withEverything().end(new MetricSource("f", false, true), NOW);
    assertEquals(Set.of(), EmfRules.check(line));
    for (var metric : Metric.values()) {
      assertEquals(7, EmfRules.read(line).get(metric.wireName()).asInt());
    }
    assertFalse(line.contains("_aws"), line);
  }

  @Test
  void metricsAreOnUnlessTheyAreTurnedOff() {
    assertTrue(MetricSource.isOn(Map.of()));
    assertTrue(MetricSource.isOn(Map.of("CHATGATE_METRICS", "on")));
    assertFalse(MetricSource.isOn(Map.of("CHATGATE_METRICS", "off")));
    assertThrows(
        IllegalArgumentException.class,
        () -> MetricSource.isOn(Map.of("CHATGATE_METRICS", "false")));
  }

  @Test
  void secondsHaveMilliseconds() {
    var line = new LogLine("call").seconds(Metric.FIRST_CHUNK, 412).end(SOURCE, NOW);
    assertTrue(line.contains("\"gen_ai.response.time_to_first_chunk\":0.412,"), line);
  }

  @Test
  void theLineIsWrittenInOneCall() {
    var writes = new int[1];
    var out =
        new OutputStream() {
          @Override
          public void write(int b) {
            writes[0] += 1000;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            writes[0]++;
          }
        };
    withEverything().writeTo(new PrintStream(out, false, StandardCharsets.UTF_8), SOURCE, NOW);
    assertEquals(1, writes[0]);
  }

  @Test
  void aLineCostsLittleMemory() {
    var out = new PrintStream(OutputStream.nullOutputStream());
    withEverything().writeTo(out, SOURCE, NOW);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    withEverything().writeTo(out, SOURCE, NOW);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < MAX_BYTES_ALLOCATED, allocated + " bytes");
  }

  @Test
  void metricNamesAreUnique() {
    var names = new TreeSet<String>();
    EnumSet.allOf(Metric.class).forEach(metric -> assertTrue(names.add(metric.wireName())));
    assertFalse(names.contains("tenant"));
  }

  private static LogLine withEverything() {
    var line = new LogLine("call").text("tenant", "acme").text("code", "c").text("limit", "l");
    line.text("limit_scope", "tenant");
    for (var metric : Metric.values()) {
      line.metric(metric, 7);
    }
    return line;
  }

  private static String series(Metric metric, Metric.Dimensions dimensions) {
    return metric.wireName() + "[\"" + String.join("\",\"", dimensions.fields()) + "\"]";
  }
}
