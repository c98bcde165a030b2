package dev.chatgate.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** A server that is a script for Node. It prints its URL as soon as it accepts requests. */
final class NodeServer implements AutoCloseable {
  // Ends Node when this process ends in any way, because its standard input is then closed.
  private static final String UNTIL_INPUT_ENDS = "\"$0\" \"$@\" & cat >/dev/null; kill -9 $!";

  private final Process process;
  private final String url;

  private NodeServer(Process process, Path errors) throws IOException {
    this.process = process;
    var line = process.inputReader().readLine();
    if (line == null) {
      throw new IOException("the server did not start: " + Files.readString(errors));
    }
    this.url = line;
  }

  /**
   * Starts a server and waits until it accepts requests.
   *
   * @param environment added to this process's environment
   * @param script its path, relative to the root of the checkout
   * @param arguments of the script
   */
  static NodeServer start(Map<String, String> environment, String script, String... arguments)
      throws IOException {
    var words = Stream.of("sh", "-c", UNTIL_INPUT_ENDS, "node", script);
    var errors = Files.createTempFile(Repository.TARGET, "errors", ".txt");
    var builder =
        new ProcessBuilder(Stream.concat(words, Arrays.stream(arguments)).toList())
            .directory(Repository.ROOT.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    try {
      return new NodeServer(process, errors);
    } catch (IOException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  /** The URL that the server printed. */
  String url() {
    return url;
  }

  @Override
  public void close() {
    end(process);
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
