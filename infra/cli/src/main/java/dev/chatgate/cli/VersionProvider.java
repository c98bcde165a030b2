package dev.chatgate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/**
 * Reads the version and the commit for {@code --version} from two resources that the build writes.
 * The commit is {@code unknown} if the sources were not built in a clone.
 */
final class VersionProvider implements IVersionProvider {
  private static final String UNKNOWN = "unknown";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "chatgate " + read("version.txt") + " (commit " + read("commit.txt") + ")"
    };
  }

  private static String read(String name) throws IOException {
    try (var resource = VersionProvider.class.getResourceAsStream(name)) {
      return resource == null
          ? UNKNOWN
          : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
