package dev.chatgate.local;

import dev.chatgate.local.upstream.Pacing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the whole system, prints its URLs, and ends when its parent process ends: the program
 * behind {@code mvn -Plocal}. The system property {@code chatgate.root} names the folder with the
 * template.
 */
public final class Local {
  private static final int FAILED = 1;

  // A field, because java.util.logging holds its loggers weakly.
  private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

  private Local() {}

  /**
   * Runs until the process is terminated; ends with code 1 and one sentence on standard error if it
   * cannot start.
   */
  public static void main(String[] args) throws InterruptedException {
    // Keeps the start messages of DynamoDB Local and SLF4J off standard error.
    SQLITE.setLevel(Level.OFF);
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    try {
      run(Path.of(System.getProperty("chatgate.root", ".")));
    } catch (StartException e) {
      System.err.println(e.getMessage());
      System.err.flush();
      Runtime.getRuntime().exit(FAILED);
    }
  }

  private static void run(Path root) throws InterruptedException {
    var running = new AtomicReference<Optional<LocalStack>>(Optional.empty());
    ParentWatch.start(() -> orphaned(running.get()));
    Preflight.requireLinux();
    LocalSettings settings = LocalSettings.from(System.getenv());
    LocalStack stack = LocalStack.start(settings, root, Pacing.REALISTIC, log(settings));
    running.set(Optional.of(stack));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "shutdown"));
    stack.awaitReady();
    System.out.print(Banner.of(stack, settings));
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private static Consumer<String> log(LocalSettings settings) {
    return settings.jsonLog()
        ? System.out::println
        : new ReadableLog(System.out::println, Clock.system(ZoneId.systemDefault()));
  }

  /** Instances end with this process in any case; killing them first is faster. */
  private static void orphaned(Optional<LocalStack> running) {
    running.ifPresent(LocalStack::abandonInstances);
    Runtime.getRuntime().halt(FAILED);
  }
}
