package dev.chatgate.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Creates a folder in which a Node runner finds its library. */
final class NodeFolder {
  private NodeFolder() {}

  /**
   * Creates a folder with the runner's files and a link to the packages that {@code .ci/tools} has
   * installed. Node finds an ES module only in a {@code node_modules} folder above the importing
   * file.
   *
   * @return the path of the runner
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
