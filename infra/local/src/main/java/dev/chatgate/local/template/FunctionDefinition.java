package dev.chatgate.local.template;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A function of the stack, as the template defines it.
 *
 * @param logicalId its name in the template
 * @param codeUri the package, relative to the template's folder
 * @param handler the class and method that the runtime loads
 * @param timeout time limit of one invocation
 * @param memoryMegabytes decides the heap, as on Lambda
 * @param environment its variables, resolved
 * @param integrationTimeout the HTTP API's own limit, if an event of the function sets one
 * @param scheduleInput the input of its schedule, if the template sets one
 */
public record FunctionDefinition(
    String logicalId,
    Path codeUri,
    String handler,
    Duration timeout,
    int memoryMegabytes,
    Map<String, String> environment,
    Optional<Duration> integrationTimeout,
    Optional<String> scheduleInput) {

  /** Copies the environment. */
  public FunctionDefinition {
    environment = Map.copyOf(environment);
  }

  /** The same function with other or further variables. */
  public FunctionDefinition with(Map<String, String> variables) {
    var all = new java.util.HashMap<>(environment);
    all.putAll(variables);
    return new FunctionDefinition(
        logicalId,
        codeUri,
        handler,
        timeout,
        memoryMegabytes,
        all,
        integrationTimeout,
        scheduleInput);
  }
}
