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
   * @param awsEndpoint the endpoint of the functions' AWS clients
   * @param work a folder for unpacked packages
   * @param clock sets deadlines
   * @param log gets each line that a function prints, after the name of the instance
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
   * @param function its definition in the template
   * @param instances maximum number of processes
   * @param maxWait how long a call queues before it counts as throttled
   */
  public InstancePool pool(FunctionDefinition function, int instances, Duration maxWait) {
    Path taskRoot = packages.unpacked(function.codeUri());
    int concurrency =
        Integer.parseInt(
            function.environment().getOrDefault(InstancePool.CONCURRENCY_VARIABLE, "1"));
    var limits = new InstancePool.Limits(instances, concurrency, function.timeout(), maxWait);
    return new InstancePool(
        function.logicalId(),
        limits,
        (name, api) ->
            FunctionInstance.start(
                name,
                runtime.launch(function, taskRoot, api),
                line -> log.accept(name + " | " + line)),
        clock,
        log);
  }
}
