package dev.chatgate.rollout;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.chatgate.telemetry.LogLine;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.time.Pause;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The hook that CodeDeploy calls before it shifts traffic to a new version (<a
 * href="https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html">BeforeAllowTraffic</a>).
 * It calls the newest version of each door and reports the result to CodeDeploy, which takes the
 * deployment back if it is {@code Failed}.
 *
 * <p>Its environment is {@code CHATGATE_DOORS}, the names of the doors' functions with commas
 * between them, and {@code CHATGATE_EDGE_SECRET}, {@code on} if they take requests through a CDN
 * only.
 */
public final class RolloutCheckHandler
    implements RequestHandler<Map<String, String>, Map<String, String>> {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_=+/.-]{1,2048}");

  private final AwsRequests aws;
  private final List<String> doors;
  private final boolean edge;
  private final Pause pause;
  private final PrintStream out;
  private final MetricSource source;

  /** Reads the environment; opens no connection. */
  public RolloutCheckHandler() {
    this(System.getenv(), Pause.SLEEP, System.out);
  }

  /**
   * For tests.
   *
   * @param environment the function's variables
   * @param pause between attempts
   * @param out for log lines
   */
  RolloutCheckHandler(Map<String, String> environment, Pause pause, PrintStream out) {
    this.aws = new AwsRequests(environment);
    this.doors = List.of(environment.getOrDefault("CHATGATE_DOORS", "").split(",", -1));
    this.edge = environment.getOrDefault("CHATGATE_EDGE_SECRET", "off").equals("on");
    this.pause = pause;
    this.out = out;
    this.source = MetricSource.of(environment, false, false);
  }

  /**
   * Checks the newest versions and reports to CodeDeploy.
   *
   * @param event {@code DeploymentId} and {@code LifecycleEventHookExecutionId}
   * @return {@code status}: {@code Succeeded} or {@code Failed}
   * @throws IllegalArgumentException if the event has no such ids
   * @throws IllegalStateException if CodeDeploy does not take the report; it then waits for an hour
   *     and takes the deployment back
   */
  @Override
  public Map<String, String> handleRequest(Map<String, String> event, Context context) {
    var deployment = id(event, "DeploymentId");
    var execution = id(event, "LifecycleEventHookExecutionId");
    var status = isGood() ? "Succeeded" : "Failed";
    report(deployment, execution, status);
    return Map.of("status", status);
  }

  private boolean isGood() {
    var results = doors.stream().map(new VersionCheck(aws, pause, edge)::of).toList();
    results.forEach(this::log);
    return results.stream().allMatch(result -> result.fault().isEmpty());
  }

  private void log(VersionCheck.Result result) {
    var line =
        new LogLine("rollout-check")
            .text("function", result.function())
            .text("version", result.version())
            .text("fault", result.fault().orElse("none"));
    var _ = line.writeTo(out, source, Instant.now());
  }

  private void report(String deployment, String execution, String status) {
    var body =
        """
        {"deploymentId":"%s","lifecycleEventHookExecutionId":"%s","status":"%s"}\
        """
            .formatted(deployment, execution, status);
    var headers =
        Map.of(
            "Content-Type",
            "application/x-amz-json-1.1",
            "X-Amz-Target",
            "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus");
    try {
      var response = aws.send("codedeploy", "/", headers, body);
      if (response.status() != 200) {
        throw new IllegalStateException("CodeDeploy answered HTTP " + response.status());
      }
    } catch (IOException e) {
      throw new IllegalStateException("CodeDeploy did not answer", e);
    }
  }

  /** Ids go into JSON as they are. */
  private static String id(Map<String, String> event, String name) {
    var value = event.getOrDefault(name, "");
    if (!ID.matcher(value).matches()) {
      throw new IllegalArgumentException("the event has no usable " + name);
    }
    return value;
  }
}
