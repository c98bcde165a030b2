package dev.chatgate.clients;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The third-party programs that {@code .ci/tools} has installed. */
final class RunnerTools {
  private RunnerTools() {}

  /**
   * A file or folder in the tools' folder.
   *
   * @throws IllegalStateException if it is missing; the message has the command to run
   */
  static Path find(String path) {
    Path found = folder().resolve(path);
    if (!Files.exists(found)) {
      throw new IllegalStateException(found + " is missing: run .ci/tools");
    }
    return found;
  }

  private static Path folder() {
    return variable("CHATGATE_TOOLS")
        .map(Path::of)
        .orElseGet(() ->
            variable("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("chatgate/tools"));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }
}
