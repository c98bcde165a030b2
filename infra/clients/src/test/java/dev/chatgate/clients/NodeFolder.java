package dev.chatgate.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Puts a runner for Node beside the library that it needs, where Node looks for it. */
final class NodeFolder {
  private NodeFolder() {}

  /**
   * A folder with the runner's files and a link to what {@code .ci/tools} has installed: Node finds
   * an ES module only in a {@code node_modules} above the file that imports it.
   *
   * @return the runner
   */
  static Path prepare(Path root, String name) {
    Path sources = root.resolve("infra/clients/npm");
    Path folder = root.resolve("infra/clients/target/npm").resolve(name);
    try {
      Files.createDirectories(folder);
      for (String file : List.of("driver.mjs", "openai.mjs", name + "/runner.mjs")) {
        Path source = sources.resolve(file);
        Files.copy(
            source,
            folder.resolve(source.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Path link = folder.resolve("node_modules");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, RunnerTools.find("clients/" + name + "/node_modules"));
      return folder.resolve("runner.mjs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
