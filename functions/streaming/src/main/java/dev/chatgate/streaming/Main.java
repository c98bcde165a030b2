package dev.chatgate.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link StreamingHandler} on Lambda, in the place of the managed runtime's own main class.
 *
 * <p>The argument is the handler's class name; the class has a public constructor without
 * parameters. Environment: {@code AWS_LAMBDA_RUNTIME_API} (host and port), {@code
 * AWS_LAMBDA_INITIALIZATION_TYPE} ({@code snap-start} asks for the handshake around a snapshot),
 * {@code AWS_LAMBDA_MAX_CONCURRENCY} (how many invocations are answered at once, each on a virtual
 * thread; unset, one after the other on the main thread).
 *
 * <p>Exit codes: 1 if the function cannot start or the Runtime API is gone, 64 if a hook of the
 * snapshot fails.
 */
public final class Main {

  private Main() {}

  /** Never returns: the process ends with it. */
  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) throws InterruptedException {
    String address = System.getenv("AWS_LAMBDA_RUNTIME_API");
    Connector connector = address == null ? null : Connector.Network.parse(address);
    if (connector == null) {
      Log.fatal("AWS_LAMBDA_RUNTIME_API is not host:port; Lambda, which starts this, sets it");
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
    if (snapStart && !SnapStart.passed(api)) {
      return SnapStart.EXIT_CODE;
    }
    return concurrency == 0 ? Loops.one(api, handler) : Loops.many(connector, handler, concurrency);
  }

  private static void prepare(boolean snapStart) {
    Platform.useSystemTrustStore();
    if (snapStart) {
      Platform.forgetFailedLookupsSoon();
    }
  }

  /** 0 means one after the other; 1 and more, as many threads. */
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
      // Refused below.
    }
    throw new IllegalArgumentException("AWS_LAMBDA_MAX_CONCURRENCY is not a number from 1");
  }
}
