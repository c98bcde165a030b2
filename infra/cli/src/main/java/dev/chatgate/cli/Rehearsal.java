package dev.chatgate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.cli.shell.Shell;
import dev.chatgate.quota.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Runs the usual commands against answers made up on this machine, so that the archive of classes
 * that is written when this process ends holds what they need. Only the build runs it.
 */
final class Rehearsal {
  private static final String TENANT =
      """
      {"pk":{"S":"tenant#acme"},"sk":{"S":"config"},"version":{"N":"1"},"next_code":{"N":"1"},\
      "config":{"S":"{\\"id\\":\\"acme\\",\\"quota\\":{\\"tokens_per_day\\":1}}"},\
      "keys":{"M":{"web":{"M":{"hash":{"S":"0"},"code":{"N":"0"}}}}}}\
      """;

  private static final String STACK =
      """
      <R><member><OutputKey>TenantsTableName</OutputKey><OutputValue>t</OutputValue></member>\
      <member><OutputKey>QuotaTableName</OutputKey><OutputValue>q</OutputValue></member>\
      <member><OutputKey>UsageTableName</OutputKey><OutputValue>u</OutputValue></member>\
      <member><OutputKey>ProviderSecretArn</OutputKey><OutputValue>s</OutputValue></member></R>\
      """;

  private static final String ITEMS = "{\"Items\":[%s],\"Count\":%d,\"ScannedCount\":%2$d}";

  private static final List<String> LINES =
      List.of(
          "--help",
          "usage report --help",
          "no-such-command",
          "tenant list --local",
          "tenant show acme --local",
          "tenant show acme --json --local",
          "tenant set acme --tokens-per-day 2 --local",
          "key list acme --local",
          "price list --local",
          "usage report --local",
          "usage report --json --local",
          "provider-key check --local",
          "tenant show acme --stack rehearsal --region us-east-1");

  private Rehearsal() {}

  /**
   * Runs all of them, whatever comes of it.
   *
   * @param arguments a file that gets the home of this JDK, the only one that can use the archive
   */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), System.getProperty("java.home") + "\n");
    Locale.setDefault(Locale.ROOT);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", Rehearsal::answer);
    server.start();
    var port = Integer.toString(server.getAddress().getPort());
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + port);
    System.setProperty("aws.accessKeyId", "none");
    System.setProperty("aws.secretAccessKey", "none");
    for (var line : LINES) {
      commandLine(port).execute(line.split(" ", -1));
    }
    server.stop(0);
    // The SDK's threads need not be waited for.
    System.exit(0);
  }

  private static CommandLine commandLine(String port) {
    var nowhere = new PrintWriter(Writer.nullWriter());
    return Chatgate.commandLine(
        new Shell(
            Map.of("CHATGATE_AWS_PORT", port),
            InputStream.nullInputStream(),
            false,
            nowhere,
            nowhere,
            false,
            Optional::empty,
            InstantSource.system(),
            new LateSecureRandom(),
            Pause.SLEEP));
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    var bytes = body(target == null ? "" : target).getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String body(String target) {
    return switch (target.substring(target.indexOf('.') + 1)) {
      case "GetItem" -> "{\"Item\":" + TENANT + "}";
      case "Scan" -> ITEMS.formatted(TENANT, 1);
      case "Query" -> ITEMS.formatted("", 0);
      case "" -> STACK;
      default -> "{}";
    };
  }
}
