package dev.chatgate.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** Reads the version for {@code --version} from {@code version.txt}, which Maven fills in. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    try (var resource = VersionProvider.class.getResourceAsStream("version.txt")) {
      if (resource == null) {
        throw new FileNotFoundException("version.txt is missing from the jar");
      }
      var version = new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
      return new String[] {"chatgate " + version};
    }
  }
}
