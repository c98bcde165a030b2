package dev.chatgate.telemetry;

import dev.chatgate.telemetry.Metric.Dimensions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Builder of one JSON line for the log. A metric is a field of the line; the end of the line names
 * the metrics in CloudWatch's embedded metric format (EMF), from which CloudWatch creates them. The
 * line is ASCII; all other characters are escaped.
 *
 * <p>A second field with the same name is dropped, because duplicate names are invalid in EMF. It
 * is not an error, because a log line must not make a call fail.
 */
public final class LogLine {
  private static final int USUAL_LENGTH = 1536;
  private static final String HEX = "0123456789abcdef";
  private static final String FUNCTION = "FunctionName";

  private final StringBuilder json = new StringBuilder(USUAL_LENGTH);
  private final Set<String> fields = new HashSet<>();
  private final EnumSet<Metric> metrics = EnumSet.noneOf(Metric.class);

  /**
   * Begins a line.
   *
   * @param kind the value of the field {@code kind}, such as {@code call}
   */
  public LogLine(String kind) {
    json.append('{');
    text("kind", kind);
  }

  /** Adds a string field. */
  public LogLine text(String name, String value) {
    if (begin(name)) {
      quote(value);
    }
    return this;
  }

  /** Adds an array of strings. */
  public LogLine texts(String name, Collection<String> values) {
    if (begin(name)) {
      json.append('[');
      int first = json.length();
      for (var value : values) {
        if (json.length() > first) {
          json.append(',');
        }
        quote(value);
      }
      json.append(']');
    }
    return this;
  }

  /** Adds a number field. */
  public LogLine number(String name, long value) {
    if (begin(name)) {
      json.append(value);
    }
    return this;
  }

  /** Adds a boolean field. */
  public LogLine flag(String name, boolean value) {
    if (begin(name)) {
      json.append(value);
    }
    return this;
  }

  /** Adds a number field that is also a metric. */
  public LogLine metric(Metric metric, long value) {
    if (begin(metric.wireName())) {
      json.append(value);
      metrics.add(metric);
    }
    return this;
  }

  /** Adds a metric in seconds, given in milliseconds. */
  public LogLine seconds(Metric metric, long millis) {
    if (begin(metric.wireName())) {
      json.append(millis / 1000.0);
      metrics.add(metric);
    }
    return this;
  }

  private boolean begin(String name) {
    if (!fields.add(name)) {
      return false;
    }
    if (json.length() > 1) {
      json.append(',');
    }
    quote(name);
    json.append(':');
    return true;
  }

  /** Appends a JSON string (RFC 8259, section 7). */
  private void quote(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7E) {
        json.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          json.append(HEX.charAt(c >> shift & 0xF));
        }
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /**
   * Ends the line and writes it with one call, so that lines of concurrent calls do not mix.
   *
   * @param out the stream to write to
   * @param source the function that publishes the metrics
   * @param at the line's time
   * @return the line
   */
  public String writeTo(PrintStream out, MetricSource source, Instant at) {
    var line = end(source, at);
    var bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    out.write(bytes, 0, bytes.length);
    out.flush();
    return line;
  }

  /** Returns the complete line with its line feed. */
  String end(MetricSource source, Instant at) {
    text("time", at.truncatedTo(ChronoUnit.MILLIS).toString());
    if (!metrics.isEmpty() && source.publishes()) {
      text(FUNCTION, source.functionName());
      directives(source, at);
    }
    return json.append("}\n").toString();
  }

  private void directives(MetricSource source, Instant at) {
    json.append(",\"_aws\":{\"Timestamp\":")
        .append(at.toEpochMilli())
        .append(",\"CloudWatchMetrics\":[");
    for (var dimensions : Dimensions.values()) {
      if (fields.containsAll(dimensions.fields())) {
        directive(dimensions, source);
      }
    }
    json.append("]}");
  }

  private void directive(Dimensions dimensions, MetricSource source) {
    boolean tenants = dimensions == Dimensions.TENANT;
    if (tenants && !source.byTenant()) {
      return;
    }
    boolean hasMetrics = false;
    for (var metric : metrics) {
      if (tenants ? metric.byTenant() : metric.dimensions() == dimensions) {
        if (hasMetrics) {
          json.append(',');
        } else {
          beginDirective(dimensions);
          hasMetrics = true;
        }
        name(metric);
      }
    }
    if (hasMetrics) {
      json.append("]}");
    }
  }

  private void beginDirective(Dimensions dimensions) {
    json.append(json.charAt(json.length() - 1) == '}' ? "," : "")
        .append("{\"Namespace\":\"" + Metric.NAMESPACE + "\",\"Dimensions\":[[");
    for (var field : dimensions.fields()) {
      json.append(json.charAt(json.length() - 1) == '"' ? "," : "");
      quote(field);
    }
    json.append("]],\"Metrics\":[");
  }

  /** Appends a metric's name and unit. The unit is omitted if it is CloudWatch's default. */
  private void name(Metric metric) {
    json.append("{\"Name\":\"").append(metric.wireName());
    if (metric.unit() != Metric.Unit.NONE) {
      json.append("\",\"Unit\":\"").append(metric.unit().wireName());
    }
    json.append("\"}");
  }
}
