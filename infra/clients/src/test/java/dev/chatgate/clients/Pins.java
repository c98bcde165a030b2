package dev.chatgate.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Versions, from the files that pin them. */
final class Pins {
  private Pins() {}

  /** The versions of packages in a folder's lock file, separated by commas. */
  static String npm(Path folder, String... packages) {
    try {
      var locked = new ObjectMapper().readTree(folder.resolve("package-lock.json").toFile());
      return Arrays.stream(packages)
          .map(
              name -> locked.path("packages").path("node_modules/" + name).path("version").asText())
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The versions of packages in a requirements file, separated by commas. */
  static String python(Path requirements, String... packages) {
    try {
      var pinned = Files.readAllLines(requirements);
      return Arrays.stream(packages)
          .flatMap(name -> pinned.stream().filter(line -> line.startsWith(name + "==")))
          .map(line -> line.substring(line.indexOf("==") + 2))
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
