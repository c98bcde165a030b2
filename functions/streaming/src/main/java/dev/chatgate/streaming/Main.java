package dev.chatgate.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link StreamingHandler} on Lambda, in the place of the managed runtime's own main class.
 *
 * <p>The argument is the handler's class name; the class has a public constructor without
 * parameters. Environment: {@code AWS_LAMBDA_RUNTIME_API} (host and port), {@code
 * AWS_LAMBDA_INITIALIZATION_TYPE} ({@code snap-start}: run the hooks before and after a snapshot),
 * {@code AWS_LAMBDA_MAX_CONCURRENCY} (how many invocations are answered at once, each on a virtual
 * thread; if unset, one after the other on the main thread).
 *
 * <p>Exit codes: 1 if the function cannot start or the Runtime API cannot be reached, 64 if a
 * snapshot hook fails.
 */
public final class Main {

  private Main() {}

  /** Runs the function; never returns, but ends the process. */
  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) throws InterruptedException {
    String address = System.getenv("AWS_LAMBDA_RUNTIME_API");
    Connector connector = address == null ? null : Connector.Network.parse(address);
    if (connector == null) {
      Log.fatal(
          "AWS_LAMBDA_RUNTIME_API is not host:port; Lambda sets it when it starts the function");
      return 1;
    }
    return run(connector, arguments);
  }

  private static int run(Connector connector, String[] arguments) throws InterruptedException {
    RuntimeApi api = new RuntimeApi(connector);
    boolean snapStart = "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
    int concurrency;
    StreamingHandler handler;
    try {
      prepare(snapStart);
      concurrency = concurrency(System.getenv("AWS_LAMBDA_MAX_CONCURRENCY"));
      handler = HandlerClass.instantiate(arguments);
    } catch (Throwable t) {
      StartFailure.report(api, RuntimeApi.INIT_ERROR, "Runtime.BadFunctionCode", t);
      return 1;
    }
    if (snapStart && !SnapStart.run(api)) {
      return SnapStart.EXIT_CODE;
    }
    return concurrency == 0 ? Loops.one(api, handler) : Loops.many(connector, handler, concurrency);
  }

  private static void prepare(boolean snapStart) {
    Platform.useSystemTrustStore();
    if (snapStart) {
      Platform.cacheFailedLookupsForOneSecond();
    }
  }

  /** Returns the number of concurrent loops; 0 if invocations are answered one after the other. */
  private static int concurrency(@Nullable String setting) {
    if (setting == null) {
      return 0;
    }
    try {
      int number = Integer.parseInt(setting);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "AWS_LAMBDA_MAX_CONCURRENCY is not an integer of at least 1");
  }
}
