package dev.chatgate.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads versions from the files that pin them. */
final class Pins {
  private Pins() {}

  /** Packages with their versions in a folder's lock file, separated by commas. */
  static String npm(Path folder, String... packages) {
    try {
      var locked = new ObjectMapper().readTree(folder.resolve("package-lock.json").toFile());
      return Arrays.stream(packages)
          .map(name ->
              name
                  + " "
                  + locked.path("packages").path("node_modules/" + name).path("version").asText())
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Packages with their versions in a requirements file, separated by commas. */
  static String python(Path requirements, String... packages) {
    try {
      var pinned = Files.readAllLines(requirements);
      return Arrays.stream(packages)
          .flatMap(name -> pinned.stream().filter(line -> line.startsWith(name + "==")))
          .map(line -> line.replace("==", " "))
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version of a library in the parent POM, in the property with its name. */
  static String maven(Path root, String name) {
    try {
      var property = Pattern.compile("<" + name + "\\.version>([^<]+)<");
      var pom = property.matcher(Files.readString(root.resolve("pom.xml")));
      if (!pom.find()) {
        throw new IllegalStateException("pom.xml pins no " + name);
      }
      return pom.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
