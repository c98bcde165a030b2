package dev.chatgate.telemetry;

import java.util.Map;

/**
 * The function that publishes the metrics of a log line.
 *
 * @param functionName the function's name, a dimension of every metric
 * @param publishes whether the line names its metrics; without it they are fields only
 * @param byTenant whether some metrics are also published for each tenant
 */
public record MetricSource(String functionName, boolean publishes, boolean byTenant) {
  /** The environment variable that turns metrics {@code on}, the default, or {@code off}. */
  public static final String VARIABLE = "CHATGATE_METRICS";

  /**
   * A function that publishes metrics.
   *
   * @param functionName the function's name
   * @param byTenant whether some metrics are also published for each tenant
   */
  public MetricSource(String functionName, boolean byTenant) {
    this(functionName, true, byTenant);
  }

  /**
   * The source for the function that runs in this process.
   *
   * @param environment Lambda's environment variables
   * @param publishes whether metrics are published
   * @param byTenant whether some metrics are also published for each tenant
   */
  public static MetricSource of(
      Map<String, String> environment, boolean publishes, boolean byTenant) {
    return new MetricSource(
        environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "unknown"), publishes, byTenant);
  }

  /**
   * Reads whether metrics are published.
   *
   * @throws IllegalArgumentException if {@link #VARIABLE} is neither {@code on} nor {@code off}
   */
  public static boolean isOn(Map<String, String> environment) {
    return switch (environment.getOrDefault(VARIABLE, "").strip()) {
      case "", "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException(VARIABLE + " must be on or off");
    };
  }
}
