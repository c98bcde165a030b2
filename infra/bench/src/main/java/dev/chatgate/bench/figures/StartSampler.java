package dev.chatgate.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java agent that looks at the main thread every millisecond for two seconds. It needs nothing
 * but the JDK; what it costs falls on all that it measures alike.
 */
final class StartSampler {
  /** Long enough for any start that is allowed. */
  private static final long FOR_NANOS = Duration.ofSeconds(2).toNanos();

  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final int DEEPEST = 200;

  private StartSampler() {}

  /**
   * Begins, before main does.
   *
   * @param file gets a line for each look: the time by {@link System#nanoTime}, then the frames,
   *     innermost first
   */
  @SuppressWarnings("unused") // the virtual machine calls it
  public static void premain(String file) {
    var main = Thread.currentThread();
    var sampler = new Thread(() -> sample(main, Path.of(file)), "start-sampler");
    sampler.setDaemon(true);
    sampler.start();
  }

  private static void sample(Thread main, Path file) {
    var times = new ArrayList<Long>();
    var stacks = new ArrayList<StackTraceElement[]>();
    long end = System.nanoTime() + FOR_NANOS;
    try {
      for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
        times.add(now);
        stacks.add(main.getStackTrace());
        Thread.sleep(PAUSE);
      }
      write(times, stacks, file);
    } catch (InterruptedException | IOException e) {
      System.err.println("the start was not sampled: " + e.getClass().getName());
    }
  }

  private static void write(List<Long> times, List<StackTraceElement[]> stacks, Path file)
      throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < times.size(); i++) {
      var line = new StringBuilder(Long.toString(times.get(i)));
      int depth = 0;
      for (var frame : stacks.get(i)) {
        if (depth++ < DEEPEST) {
          line.append(' ').append(frame.getClassName());
        }
      }
      lines.add(line.toString());
    }
    // Whoever waits for the file finds all of it.
    var unfinished = Path.of(file + ".unfinished");
    Files.write(unfinished, lines);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
