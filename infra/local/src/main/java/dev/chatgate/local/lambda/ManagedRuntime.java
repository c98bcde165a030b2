package dev.chatgate.local.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.local.template.FunctionDefinition;
import dev.chatgate.local.template.SamTemplate;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * Lambda's managed Java runtime, as far as a package can see it: the command line, AWS's runtime
 * client on the class path, the reserved variables, the wrapper script that a package may bring.
 */
public final class ManagedRuntime {
  private static final String TASK_ROOT = "/var/task";
  private static final String INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE";
  private static final String SNAP_START = "snap-start";
  private static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";
  private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
  private static final String CLIENT_LIBRARY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private final String java;
  private final String classPath;
  private final Path clientLibrary;
  private final String awsEndpoint;

  /**
   * @param javaHome the JDK or JRE that runs the functions
   * @param awsEndpoint the endpoint of the AWS clients
   * @param work a folder for unpacked files
   */
  public ManagedRuntime(Path javaHome, String awsEndpoint, Path work) {
    this.java = javaHome.resolve("bin").resolve("java").toString();
    this.classPath =
        Stream.of(
                AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
            .map(ManagedRuntime::jarOf)
            .collect(Collectors.joining(File.pathSeparator));
    this.clientLibrary = unpackClientLibrary(work);
    this.awsEndpoint = awsEndpoint;
  }

  /**
   * How to start an instance.
   *
   * @param function its definition in the template
   * @param taskRoot its unpacked package
   * @param runtimeApi host and port of its Runtime API
   */
  public Launch launch(FunctionDefinition function, Path taskRoot, String runtimeApi) {
    Map<String, String> environment = environment(function, taskRoot, runtimeApi);
    var command = new ArrayList<String>();
    Optional.ofNullable(environment.get(WRAPPER)).ifPresent(command::add);
    command.addAll(javaCommand(function));
    return new Launch(command, environment, taskRoot);
  }

  private List<String> javaCommand(FunctionDefinition function) {
    // Lambda gives 85% of the memory to the heap.
    long heapKilobytes = function.memoryMegabytes() * 1024L * 85 / 100;
    return List.of(
        java,
        // The initial heap is a share of this.
        "-XX:MaxRAM=" + function.memoryMegabytes() + "m",
        "-XX:MaxHeapSize=" + heapKilobytes + "K",
        "-XX:+UseSerialGC",
        "-Xshare:auto",
        "-XX:-UsePerfData",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
        // AWS's client would unpack its library to one fixed path, where instances that start at
        // the same time would overwrite each other's file.
        "-D" + CLIENT_LIBRARY + "=" + clientLibrary,
        "-Djava.net.preferIPv4Stack=true",
        "-classpath",
        classPath,
        CLIENT,
        function.handler());
  }

  private Map<String, String> environment(
      FunctionDefinition function, Path taskRoot, String runtimeApi) {
    var environment = new HashMap<>(function.environment());
    environment.computeIfPresent(
        WRAPPER,
        (name, script) ->
            script.startsWith(TASK_ROOT)
                ? taskRoot + script.substring(TASK_ROOT.length())
                : script);
    environment.putAll(
        Map.ofEntries(
            Map.entry("AWS_LAMBDA_RUNTIME_API", runtimeApi),
            Map.entry("AWS_LAMBDA_FUNCTION_NAME", function.logicalId()),
            Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            Map.entry(
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMegabytes())),
            Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.logicalId()),
            Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
            Map.entry("AWS_EXECUTION_ENV", "AWS_Lambda_java25"),
            Map.entry("AWS_REGION", SamTemplate.REGION),
            Map.entry("AWS_DEFAULT_REGION", SamTemplate.REGION),
            Map.entry("AWS_ENDPOINT_URL", awsEndpoint),
            Map.entry("_HANDLER", function.handler()),
            Map.entry("LAMBDA_TASK_ROOT", taskRoot.toString()),
            Map.entry("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            Map.entry("LANG", "en_US.UTF-8"),
            Map.entry("TZ", ":UTC"),
            Map.entry("PATH", "/usr/local/bin:/usr/bin:/bin")));
    environment.putIfAbsent(INITIALIZATION, "on-demand");
    environment.putAll(credentials(SNAP_START.equals(environment.get(INITIALIZATION))));
    return environment;
  }

  /** A restored snapshot fetches its credentials: those of its environment would be outdated. */
  private Map<String, String> credentials(boolean snapStart) {
    return snapStart
        ? Map.of(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            awsEndpoint + AwsEndpoint.CREDENTIALS_PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "local")
        : Map.of("AWS_ACCESS_KEY_ID", "local", "AWS_SECRET_ACCESS_KEY", "local");
  }

  private static String jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path unpackClientLibrary(Path work) {
    String processor = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    String library = "libaws-lambda-jni.linux-" + processor + ".so";
    Path file = work.resolve(library);
    try (InputStream in = AWSLambda.class.getResourceAsStream("/jni/" + library)) {
      if (in == null) {
        throw new IllegalStateException("AWS's runtime client has no " + library);
      }
      Files.createDirectories(work);
      Path fresh = Files.createTempFile(work, "jni", ".so");
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
