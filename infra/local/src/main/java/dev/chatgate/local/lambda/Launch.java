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
record Launch(List<String> command, Map<String, String> environment, Path folder) {
  Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
