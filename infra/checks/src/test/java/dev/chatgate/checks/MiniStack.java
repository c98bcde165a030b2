package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * MiniStack, a third-party emulator of AWS, including CloudFormation. Its gaps are listed in {@code
 * infra/checks/README.md}.
 */
final class MiniStack implements AutoCloseable {
  private static final long MAX_START_SECONDS = 90;

  // Ends MiniStack when this process ends in any way, because its standard input is then closed.
  private static final String UNTIL_INPUT_ENDS = "\"$0\" & cat >/dev/null; kill -9 $!";

  private final int port;
  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private MiniStack(Path folder) throws IOException {
    this.port = freePort();
    Files.createDirectories(folder);
    var builder =
        new ProcessBuilder(
                "sh", "-c", UNTIL_INPUT_ENDS, ExternalTools.find("ministack/bin/ministack") + "")
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                "/usr/local/bin:/usr/bin:/bin",
                "HOME",
                folder.toString(),
                "TMPDIR",
                folder.toString(),
                "BIND_HOST",
                "127.0.0.1",
                "GATEWAY_PORT",
                Integer.toString(port),
                // By default it would listen on all addresses.
                "IOT_MTLS_ENABLED",
                "0"));
    this.process = builder.start();
    var log = folder.resolve("ministack.log");
    Thread.ofVirtual().start(() -> copyOutput(log));
  }

  /**
   * Starts an empty MiniStack on a free port of 127.0.0.1.
   *
   * @param folder for its files
   */
  static MiniStack start(Path folder) throws Exception {
    var started = new MiniStack(folder);
    try {
      started.ready.get(MAX_START_SECONDS, TimeUnit.SECONDS);
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  private void copyOutput(Path log) {
    var output = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
    try (var lines = new BufferedReader(output);
        var copy = Files.newBufferedWriter(log)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        copy.write(line);
        copy.newLine();
        copy.flush();
        if (line.contains("Running on http")) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new IllegalStateException("MiniStack ended; see " + log));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  /** The value for {@code AWS_ENDPOINT_URL}. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The environment variables for an AWS client. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", url(),
        "AWS_REGION", "us-east-1",
        "AWS_DEFAULT_REGION", "us-east-1",
        "AWS_ACCESS_KEY_ID", "test",
        "AWS_SECRET_ACCESS_KEY", "test",
        "AWS_EC2_METADATA_DISABLED", "true");
  }

  /**
   * Calls an AWS API with boto3.
   *
   * @param service boto3's name of the service
   * @param operation boto3's name of the operation
   * @param parameters boto3's parameters
   */
  JsonNode ask(String service, String operation, Map<String, ?> parameters) throws Exception {
    var json = new ObjectMapper();
    var script = Repository.ROOT.resolve("infra/checks/python/aws.py");
    var python = ExternalTools.find("python/bin/python");
    return json.readTree(
        ExternalTools.run(
            environment(),
            python,
            script,
            service,
            operation,
            json.writeValueAsString(parameters)));
  }

  /** Runs {@code sam deploy}, which creates or updates the stack, and waits for the result. */
  void deploy(Path template, String stack, String... parameters) throws Exception {
    var words =
        new ArrayList<Object>(
            List.of(
                "deploy",
                "--template",
                template,
                "--stack-name",
                stack,
                "--resolve-s3",
                "--capabilities",
                "CAPABILITY_IAM",
                "--no-confirm-changeset"));
    if (parameters.length > 0) {
      words.add("--parameter-overrides");
      words.addAll(List.of(parameters));
    }
    sam(words);
  }

  /** Runs {@code sam delete} and waits for the result. */
  void delete(String stack) throws Exception {
    sam(List.of("delete", "--stack-name", stack, "--no-prompts"));
  }

  private void sam(List<?> arguments) throws Exception {
    var environment = new HashMap<>(environment());
    environment.put("SAM_CLI_TELEMETRY", "0");
    environment.put("SAM_CLI_POLL_DELAY", "1");
    var command = new ArrayList<Object>(List.of(ExternalTools.find("python/bin/sam")));
    command.addAll(arguments);
    ExternalTools.run(environment, command.toArray());
  }

  /** Physical names or output values of a stack, by their names in the template. */
  record Names(Map<String, String> byId) {
    /** Returns a value; the test fails if there is none. */
    String get(String id) {
      var name = byId.get(id);
      if (name == null) {
        throw new AssertionError("no " + id + " in " + byId);
      }
      return name;
    }
  }

  /** A stack's resources. */
  Names resources(String stack) throws Exception {
    var described =
        ask("cloudformation", "describe_stack_resources", Map.of("StackName", stack))
            .get("StackResources");
    return names(described, "LogicalResourceId", "PhysicalResourceId");
  }

  /** A stack's outputs. */
  Names outputs(String stack) throws Exception {
    var described =
        ask("cloudformation", "describe_stacks", Map.of("StackName", stack))
            .at("/Stacks/0/Outputs");
    return names(described, "OutputKey", "OutputValue");
  }

  private static Names names(JsonNode list, String key, String value) {
    var names = new HashMap<String, String>();
    list.forEach(item -> names.put(item.get(key).asText(), item.get(value).asText()));
    return new Names(names);
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
