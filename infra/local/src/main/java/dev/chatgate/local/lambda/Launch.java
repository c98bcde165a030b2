package dev.chatgate.local.lambda;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start a process of a function.
 *
 * @param command the program and its arguments
 * @param environment all of its variables: nothing is inherited
 * @param folder where it runs
 */
public record Launch(List<String> command, Map<String, String> environment, Path folder) {
  /** Copies what it is given. */
  public Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
