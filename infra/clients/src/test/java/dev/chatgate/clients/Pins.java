package dev.chatgate.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
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
}
