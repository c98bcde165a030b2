package dev.chatgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules of CloudWatch's embedded metric format: the specification's schema, and the limits in
 * its text. CloudWatch ignores the metrics of a line that breaks one, without an error.
 */
public final class EmfRules {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
  private static final Set<String> UNITS = Set.of("Count", "Milliseconds", "Seconds", "None");
  private static final int MAX_BYTES = 256 * 1024;

  private EmfRules() {}

  /**
   * Parses a line and checks the rules.
   *
   * @return each series that it publishes, as {@code name[dimension,…]}
   */
  public static Set<String> check(String line) {
    assertTrue(line.length() < MAX_BYTES, "a log event has at most 256 KB");
    var root = read(line);
    var series = new TreeSet<String>();
    if (root.has("_aws")) {
      var metadata = root.get("_aws");
      onlyHas(metadata, Set.of("Timestamp", "CloudWatchMetrics"));
      assertTrue(metadata.get("Timestamp").isIntegralNumber());
      assertTrue(!metadata.get("CloudWatchMetrics").isEmpty(), "no directive");
      metadata.get("CloudWatchMetrics").forEach(one -> directive(root, one, series));
    }
    return series;
  }

  /** Parses the line as JSON; a duplicate name is an error. */
  public static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static void directive(JsonNode root, JsonNode directive, Set<String> series) {
    onlyHas(directive, Set.of("Namespace", "Dimensions", "Metrics"));
    text(directive.get("Namespace"), 256);
    int metrics = directive.get("Metrics").size();
    assertTrue(metrics >= 1 && metrics <= 100, metrics + " metrics");
    assertTrue(!directive.get("Dimensions").isEmpty());
    directive.get("Dimensions").forEach(set -> dimensions(root, set));
    directive
        .get("Metrics")
        .forEach(metric -> {
          definition(root, metric);
          directive
              .get("Dimensions")
              .forEach(set ->
                  assertTrue(series.add(metric.get("Name").asText() + set.toString()), "twice"));
        });
  }

  private static void dimensions(JsonNode root, JsonNode set) {
    assertTrue(set.size() >= 1 && set.size() <= 30, set.size() + " dimensions");
    set.forEach(name -> text(root.get(text(name, 250)), 1024));
  }

  private static void definition(JsonNode root, JsonNode metric) {
    onlyHas(metric, Set.of("Name", "Unit"));
    var value = root.get(text(metric.get("Name"), 1024));
    assertTrue(value != null && value.isNumber(), metric + " has no number");
    assertTrue(UNITS.contains(metric.path("Unit").asText("None")), metric.toString());
  }

  private static String text(JsonNode node, int most) {
    assertTrue(node != null && node.isTextual(), "no text: " + node);
    var text = node.asText();
    assertTrue(!text.isBlank() && text.length() <= most, text);
    return text;
  }

  private static void onlyHas(JsonNode node, Set<String> members) {
    var others = new HashSet<String>();
    node.fieldNames().forEachRemaining(others::add);
    others.removeAll(members);
    assertEquals(Set.of(), others);
  }
}
