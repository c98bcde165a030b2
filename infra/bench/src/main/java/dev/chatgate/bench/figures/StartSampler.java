package dev.chatgate.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Java agent that looks at the main thread every millisecond for two seconds, and at the one that
 * makes the AWS clients beside it. It needs nothing but the JDK; what it costs falls on all that it
 * measures alike.
 */
final class StartSampler {
  /** Long enough for any start that is allowed. */
  private static final long FOR_NANOS = Duration.ofSeconds(2).toNanos();

  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final int DEEPEST = 200;
  private static final int MOST_THREADS = 64;
  private static final String BESIDE = "aws-clients";

  private StartSampler() {}

  /**
   * Begins, before main does.
   *
   * @param file gets a line for each look: the time by {@link System#nanoTime}, the thread's name,
   *     then the frames, innermost first
   */
  @SuppressWarnings("unused") // the virtual machine calls it
  public static void premain(String file) {
    var main = Thread.currentThread();
    var sampler = new Thread(() -> sample(main, Path.of(file)), "start-sampler");
    sampler.setDaemon(true);
    sampler.start();
  }

  private static void sample(Thread main, Path file) {
    var looks = new ArrayList<Map.Entry<String, StackTraceElement[]>>();
    var threads = new Thread[MOST_THREADS];
    long end = System.nanoTime() + FOR_NANOS;
    try {
      for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
        looks.add(look(now, main));
        int count = Thread.enumerate(threads);
        for (int i = 0; i < count; i++) {
          if (threads[i].getName().equals(BESIDE)) {
            looks.add(look(now, threads[i]));
          }
        }
        Thread.sleep(PAUSE);
      }
      write(looks, file);
    } catch (InterruptedException | IOException e) {
      System.err.println("the start was not sampled: " + e.getClass().getName());
    }
  }

  private static Map.Entry<String, StackTraceElement[]> look(long now, Thread thread) {
    return Map.entry(now + " " + thread.getName(), thread.getStackTrace());
  }

  private static void write(List<Map.Entry<String, StackTraceElement[]>> looks, Path file)
      throws IOException {
    var lines = new ArrayList<String>();
    for (var look : looks) {
      var line = new StringBuilder(look.getKey());
      int depth = 0;
      for (var frame : look.getValue()) {
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
