package dev.chatgate.local;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the whole system, prints where it is, and ends it with its parent: the program behind
 * {@code mvn -Plocal}. The system property {@code chatgate.root} names the folder with the
 * template.
 */
public final class Local {
  private static final int FAILED = 1;

  // Kept, for java.util.logging holds its loggers weakly.
  private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

  private Local() {}

  /**
   * Runs until it is told to stop; ends with code 1 and one sentence on standard error if it cannot
   * start.
   */
  public static void main(String[] args) throws InterruptedException {
    // What DynamoDB Local would say of itself on standard error.
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
    requireLinux();
    Settings settings = Settings.from(System.getenv());
    LocalStack stack = LocalStack.start(settings, root);
    running.set(Optional.of(stack));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "shutdown"));
    stack.awaitReady();
    System.out.print(Banner.of(stack, settings));
    System.out.flush();
    new CountDownLatch(1).await();
  }

  /** Instances hear of this process's end by themselves; told beforehand, they end sooner. */
  private static void orphaned(Optional<LocalStack> running) {
    running.ifPresent(LocalStack::abandonInstances);
    Runtime.getRuntime().halt(FAILED);
  }

  private static void requireLinux() {
    String system = System.getProperty("os.name");
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      throw new StartException(
          "The local doors need Linux (WSL or a container will do), not "
              + system
              + ": AWS's runtime client has native code for Linux only.");
    }
  }
}
