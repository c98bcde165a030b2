package dev.chatgate.telemetry;

import java.util.Map;

/**
 * Whose metrics a line's are.
 *
 * @param functionName the function's name, a dimension of every metric
 * @param byTenant whether some metrics have a series for each tenant besides
 */
public record MetricSource(String functionName, boolean byTenant) {
  /**
   * Of the function that this process is.
   *
   * @param environment Lambda's variables
   * @param byTenant whether some metrics have a series for each tenant besides
   */
  public static MetricSource of(Map<String, String> environment, boolean byTenant) {
    return new MetricSource(
        environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "unknown"), byTenant);
  }
}
