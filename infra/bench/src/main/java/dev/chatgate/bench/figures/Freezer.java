package dev.chatgate.bench.figures;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Stops a function's process where its snapshot is taken. It runs instead of the function's main
 * class, registers a hook that runs after all others because it is registered first, and then calls
 * the main class. The hook waits for a file and records when it continues.
 */
public final class Freezer implements Resource {
  /** The file that is created when the process may be frozen. */
  static final String READY = "ready";

  /** The file that is created after the process was frozen. */
  static final String GO = "go";

  /**
   * The file that is created when the process continues. It contains the time as an {@link
   * Instant}, because the monotonic clock of a copy continues from the time of the freeze.
   */
  static final String RUNS = "runs";

  private static final int MAX_WAITS = 120_000;

  /** Strong references: the CRaC context holds its hooks weakly. */
  private static final List<Freezer> HELD = new ArrayList<>();

  private final Path folder;

  private Freezer(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts the function.
   *
   * @param args the folder of the files, the function's main class, its arguments
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    var freezer = new Freezer(Path.of(args[0]));
    HELD.add(freezer);
    Core.getGlobalContext().register(freezer);
    var rest = Arrays.copyOfRange(args, 2, args.length);
    Class.forName(args[1]).getMethod("main", String[].class).invoke(null, (Object) rest);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context)
      throws IOException, InterruptedException {
    // Written in the same way as RUNS, so that this code is warm in a restored process.
    write(READY);
    for (int i = 0; !Files.exists(folder.resolve(GO)); i++) {
      if (i == MAX_WAITS) {
        throw new IOException("this process was not frozen in time");
      }
      Thread.sleep(1);
    }
    write(RUNS);
  }

  private void write(String name) throws IOException {
    var fresh = folder.resolve(name + ".fresh");
    Files.writeString(fresh, Instant.now().truncatedTo(ChronoUnit.MICROS).toString());
    Files.move(fresh, folder.resolve(name));
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {}
}
