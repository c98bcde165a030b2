package dev.chatgate.bench.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The result of the operator's command {@code chatgate audit}, run in a separate process.
 *
 * @param exitCode 0 if it found nothing
 * @param output its complete output
 */
record AuditRun(int exitCode, String output) {

  /**
   * Runs the command.
   *
   * @param root the folder with the packages
   * @param awsUrl the endpoint of DynamoDB
   */
  static AuditRun run(Path root, String awsUrl) throws IOException, InterruptedException {
    var script = root.resolve(Path.of("infra", "cli", "chatgate")).toString();
    var builder = new ProcessBuilder(script, "audit", "--local", "--reconcile-seconds", "1");
    var port = Integer.toString(URI.create(awsUrl).getPort());
    builder.environment().put("CHATGATE_AWS_PORT", port);
    builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
    var process = builder.redirectErrorStream(true).start();
    try (var out = process.getInputStream()) {
      var output = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
      return new AuditRun(process.waitFor(), output);
    }
  }
}
