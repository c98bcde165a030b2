package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One metric that an alarm or the dashboard reads.
 *
 * @param by the alarm or widget that reads it
 * @param namespace the metric's namespace
 * @param metric the metric's name
 * @param dimensions values by name; a reference to a resource is <code>${LogicalId}</code>, a value
 *     found by a search is {@code *}
 */
record Watched(String by, String namespace, String metric, Map<String, String> dimensions) {
  private static final Pattern SEARCH =
      Pattern.compile(
          "SEARCH\\('\\{(\\w+),(\\w+),(\\w+)} MetricName=\"([^\"]+)\" FunctionName=\\(\"([^\"]+)\"\\)', '\\w+', \\d+\\)");

  /** Finds all metrics in a template whose conditions are decided. */
  static List<Watched> in(Template template) throws IOException {
    var all = new ArrayList<Watched>();
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> {
          if (alarm.has("MetricName")) {
            all.add(of(name, alarm));
          }
          Template.everywhere(alarm.path("Metrics"), "Metric")
              .forEach(metric -> all.add(of(name, metric)));
        });
    for (var widget : widgets(template)) {
      all.addAll(ofWidget(widget));
    }
    return all;
  }

  /** Returns the dashboard's widgets. */
  static List<JsonNode> widgets(Template template) throws IOException {
    var substitution = template.properties("Dashboard").at("/DashboardBody/Fn::Sub");
    var body = substitution.get(0).asText();
    for (var variable : substitution.get(1).properties()) {
      body = body.replace("${" + variable.getKey() + "}", text(variable.getValue()));
    }
    return new ObjectMapper().readTree(body).get("widgets").valueStream().toList();
  }

  private static Watched of(String by, JsonNode metric) {
    var dimensions = new TreeMap<String, String>();
    metric
        .path("Dimensions")
        .forEach(one -> dimensions.put(one.get("Name").asText(), text(one.get("Value"))));
    return new Watched(
        by, text(metric.get("Namespace")), metric.get("MetricName").asText(), dimensions);
  }

  private static String text(JsonNode value) {
    if (value.has("Ref")) {
      return "${" + value.get("Ref").asText() + "}";
    }
    return value.has("Fn::Sub") ? value.get("Fn::Sub").asText() : value.asText();
  }

  private static List<Watched> ofWidget(JsonNode widget) {
    var all = new ArrayList<Watched>();
    var properties = widget.get("properties");
    var by = "widget " + properties.get("title").asText();
    properties.path("metrics").forEach(row -> all.add(ofRow(by, row)));
    return all;
  }

  private static Watched ofRow(String by, JsonNode row) {
    if (row.get(0).isObject()) {
      return ofSearch(by, row.get(0).get("expression").asText());
    }
    var texts = row.valueStream().filter(JsonNode::isTextual).map(JsonNode::asText).toList();
    var dimensions = new TreeMap<String, String>();
    for (int i = 2; i + 1 < texts.size(); i += 2) {
      dimensions.put(texts.get(i), texts.get(i + 1));
    }
    return new Watched(by, texts.get(0), texts.get(1), dimensions);
  }

  private static Watched ofSearch(String by, String expression) {
    var search = SEARCH.matcher(expression);
    if (!search.matches()) {
      throw new IllegalArgumentException(by + ": " + expression);
    }
    return new Watched(
        by,
        search.group(1),
        search.group(4),
        Map.of(search.group(2), search.group(5), search.group(3), "*"));
  }
}
