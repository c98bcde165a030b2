package dev.chatgate.telemetry;

import java.util.Map;

/**
 * The function that publishes the metrics of a log line.
 *
 * @param functionName the function's name, a dimension of every metric
 * @param byTenant whether some metrics are also published for each tenant
 */
public record MetricSource(String functionName, boolean byTenant) {
  /**
   * The source for the function that runs in this process.
   *
   * @param environment Lambda's environment variables
   * @param byTenant whether some metrics are also published for each tenant
   */
  public static MetricSource of(Map<String, String> environment, boolean byTenant) {
    return new MetricSource(
        environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "unknown"), byTenant);
  }
}
