package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A server that a shell command starts. */
final class ShellServer implements AutoCloseable {
  // Ends the command and its children when this process ends in any way: its standard input is then
  // closed.
  private static final String UNTIL_INPUT_ENDS =
      "exec 3<&0; setsid bash -c \"$0\" <&3 & cat >/dev/null; kill -9 -- -$!";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final Process process;
  private final Path output;

  private ShellServer(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param folder the working folder of the command
   * @param environment added to this process's environment
   * @param url the server answers it with any status
   */
  static ShellServer start(Path folder, String command, Map<String, String> environment, URI url)
      throws IOException, InterruptedException {
    var output = Files.createTempFile(Repository.TARGET, "server", ".txt");
    var builder =
        new ProcessBuilder("bash", "-c", UNTIL_INPUT_ENDS, command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    var server = new ShellServer(builder.start(), output);
    try {
      server.await(url);
      return server;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** All that the server has printed so far. */
  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  private void await(URI url) throws IOException, InterruptedException {
    var giveUpAt = Instant.now().plus(PATIENCE);
    try (var http = HttpClient.newHttpClient()) {
      while (!answers(http, url)) {
        assertTrue(process.isAlive() && Instant.now().isBefore(giveUpAt), output());
        Thread.sleep(BETWEEN_LOOKS);
      }
    }
  }

  private static boolean answers(HttpClient http, URI url) throws InterruptedException {
    try {
      http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
