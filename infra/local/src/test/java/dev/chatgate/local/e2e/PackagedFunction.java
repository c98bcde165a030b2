package dev.chatgate.local.e2e;

import dev.chatgate.local.lambda.ManagedRuntime;
import dev.chatgate.local.lambda.Packages;
import dev.chatgate.local.template.FunctionDefinition;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.testkit.FakeBackends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** One function of the template, to be started by itself before a Runtime API of the test's. */
record PackagedFunction(FunctionDefinition definition) {
  private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";

  /**
   * As the template has it.
   *
   * @param logicalId its name there
   */
  static PackagedFunction of(String logicalId) throws IOException {
    var template = SamTemplate.read(PackagedStack.root().resolve("template.yaml"), Map.of());
    return new PackagedFunction(template.function(logicalId).orElseThrow());
  }

  /** With another environment variable, or another value of one. */
  PackagedFunction with(String name, String value) {
    return new PackagedFunction(definition.with(Map.of(name, value)));
  }

  /** With options of the virtual machine beside the template's. */
  PackagedFunction withJavaOptions(String more) {
    return with(JAVA_OPTIONS, definition.environment().get(JAVA_OPTIONS) + " " + more);
  }

  /**
   * Starts it as Lambda does.
   *
   * @param backends where AWS and the provider are
   * @param runtimeApi the Runtime API's port
   * @param output what it prints
   */
  Process start(String backends, int runtimeApi, Path output) throws IOException {
    var work = PackagedStack.root().resolve(Path.of("infra", "local", "target", "lambda"));
    var deployed = with("UPSTREAM_BASE_URL", backends + "/v1").definition();
    var launch =
        new ManagedRuntime(Path.of(System.getProperty("java.home")), backends, work)
            .launch(
                deployed,
                new Packages(work).unpacked(deployed.codeUri()),
                "127.0.0.1:" + runtimeApi);
    var builder = new ProcessBuilder(launch.command()).directory(launch.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** A plain call, as Lambda hands it over now. */
  static byte[] event() {
    return FakeBackends.event(FakeBackends.request(FakeBackends.PLAIN_MODEL));
  }
}
