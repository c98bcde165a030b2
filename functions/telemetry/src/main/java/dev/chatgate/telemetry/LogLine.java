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
 * One line of JSON for the log, written as it goes into one buffer. Metrics are fields of it, named
 * at its end in CloudWatch's embedded metric format (EMF), so that a line is a line and CloudWatch
 * makes the metrics. The line is ASCII: everything else is escaped.
 *
 * <p>A field is written once: a second value of the same name is dropped, since an event with a
 * name twice is no valid one, and a line must never be what a call fails at.
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
   * @param kind what it is about
   */
  public LogLine(String kind) {
    json.append('{');
    text("kind", kind);
  }

  /** Adds a text. */
  public LogLine text(String name, String value) {
    if (begin(name)) {
      quote(value);
    }
    return this;
  }

  /** Adds a list of texts. */
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

  /** Adds a number. */
  public LogLine number(String name, long value) {
    if (begin(name)) {
      json.append(value);
    }
    return this;
  }

  /** Adds a truth. */
  public LogLine flag(String name, boolean value) {
    if (begin(name)) {
      json.append(value);
    }
    return this;
  }

  /** Adds a number that is a metric too. */
  public LogLine metric(Metric metric, long value) {
    if (begin(metric.wireName())) {
      json.append(value);
      metrics.add(metric);
    }
    return this;
  }

  /** Adds a metric in seconds. */
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

  /** RFC 8259, 7. */
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
   * Ends the line and writes it in one piece, so that lines of calls at the same time do not mix.
   *
   * @param out where to
   * @param source whose metrics these are
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

  /** The whole line, its line feed included. */
  String end(MetricSource source, Instant at) {
    text("time", at.truncatedTo(ChronoUnit.MILLIS).toString());
    if (!metrics.isEmpty()) {
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
    boolean begun = false;
    for (var metric : metrics) {
      if (tenants ? metric.byTenant() : metric.dimensions() == dimensions) {
        if (begun) {
          json.append(',');
        } else {
          beginDirective(dimensions);
          begun = true;
        }
        name(metric);
      }
    }
    if (begun) {
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

  /** The unit is left out where it is CloudWatch's default. */
  private void name(Metric metric) {
    json.append("{\"Name\":\"").append(metric.wireName());
    if (metric.unit() != Metric.Unit.NONE) {
      json.append("\",\"Unit\":\"").append(metric.unit().wireName());
    }
    json.append("\"}");
  }
}
