package dev.chatgate.cli.deployment;

import java.time.Duration;
import java.util.Optional;

/**
 * What is known of a deployment besides its resources. What is absent is not known.
 *
 * @param name how a message names the deployment
 * @param streamUrl base URL of the streaming door
 * @param apiUrl base URL of the API Gateway door
 * @param dashboardUrl the dashboard
 * @param cacheFor how long an instance uses tenants, keys and prices that it has read
 * @param keepsData whether tables and secrets stay when the stack is deleted
 * @param playground the stack's parameter {@code Playground}
 */
public record DeploymentFacts(
    String name,
    Optional<String> streamUrl,
    Optional<String> apiUrl,
    Optional<String> dashboardUrl,
    Duration cacheFor,
    Optional<Boolean> keepsData,
    Optional<String> playground) {
  /** The default of the template's parameter {@code CacheSeconds}. */
  private static final int DEFAULT_CACHE_SECONDS = 30;

  /** The time for which an instance caches, from the setting that is in force, if it is known. */
  static Duration cacheTime(Optional<String> seconds) {
    try {
      return Duration.ofSeconds(seconds.map(Integer::valueOf).orElse(DEFAULT_CACHE_SECONDS));
    } catch (NumberFormatException e) {
      return Duration.ofSeconds(DEFAULT_CACHE_SECONDS);
    }
  }
}
