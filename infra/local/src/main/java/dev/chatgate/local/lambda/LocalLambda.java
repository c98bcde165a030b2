package dev.chatgate.local.lambda;

import dev.chatgate.local.template.FunctionDefinition;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/** Runs functions from their packages, each in processes of its own. */
public final class LocalLambda {
  private final ManagedRuntime runtime;
  private final Packages packages;
  private final Clock clock;
  private final Consumer<String> log;

  /**
   * @param awsEndpoint where the functions' AWS clients are pointed
   * @param work a folder for unpacked packages
   * @param clock sets deadlines
   * @param log gets what the functions print, each line led by the instance's name
   */
  public LocalLambda(String awsEndpoint, Path work, Clock clock, Consumer<String> log) {
    this.runtime = new ManagedRuntime(Path.of(System.getProperty("java.home")), awsEndpoint, work);
    this.packages = new Packages(work);
    this.clock = clock;
    this.log = log;
  }

  /**
   * A function, ready to be invoked; no process runs before the first call.
   *
   * @param function what the template says of it
   * @param instances most processes at once
   * @param longestWait how long a call queues before it counts as throttled
   */
  public InstancePool pool(FunctionDefinition function, int instances, Duration longestWait) {
    Path taskRoot = packages.unpacked(function.codeUri());
    int concurrency =
        Integer.parseInt(
            function.environment().getOrDefault(InstancePool.CONCURRENCY_VARIABLE, "1"));
    var limits = new InstancePool.Limits(instances, concurrency, function.timeout(), longestWait);
    return new InstancePool(
        function.logicalId(),
        limits,
        (name, api) ->
            Instance.start(
                name,
                runtime.launch(function, taskRoot, api),
                line -> log.accept(name + " | " + line)),
        clock,
        log);
  }
}
