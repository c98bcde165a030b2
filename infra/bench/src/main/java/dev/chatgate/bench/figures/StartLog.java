package dev.chatgate.bench.figures;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the virtual machine told of the classes that it loaded, by {@code -Xlog:class+load} with its
 * uptime in milliseconds.
 */
final class StartLog {
  private static final Pattern LINE =
      Pattern.compile("\\[(\\d+)ms\\]\\s*(\\S+) source: (?:jar:)?file:\\S*/([^/\\s]+\\.jar).*");

  private final Map<String, String> jars = new HashMap<>();
  private final Map<String, Integer> untilReady = new TreeMap<>();
  private final Map<String, Integer> inAll = new TreeMap<>();
  private long mainMillis = -1;

  /**
   * @param lines of the log
   * @param mainClass of the program
   * @param linesUntilReady how many lines there were when it was ready
   */
  StartLog(List<String> lines, String mainClass, int linesUntilReady) {
    for (int i = 0; i < lines.size(); i++) {
      var line = LINE.matcher(lines.get(i));
      if (line.matches()) {
        take(line.group(2), line.group(3), i < linesUntilReady);
        if (line.group(2).equals(mainClass)) {
          mainMillis = Long.parseLong(line.group(1));
        }
      }
    }
  }

  private void take(String className, String jar, boolean early) {
    jars.put(plain(className), jar);
    inAll.merge(jar, 1, Integer::sum);
    if (early) {
      untilReady.merge(jar, 1, Integer::sum);
    }
  }

  /** A hidden class is where the class that made it is. */
  private static String plain(String className) {
    int end = className.indexOf("$$Lambda");
    int slash = className.indexOf('/');
    return className.substring(0, end > 0 ? end : slash > 0 ? slash : className.length());
  }

  /** The jar that a class came from; empty for the JDK's. */
  Optional<String> jarOf(String className) {
    return Optional.ofNullable(jars.get(plain(className)));
  }

  /** Classes that a jar gave until the function was ready. */
  int untilReady(String jar) {
    return untilReady.getOrDefault(jar, 0);
  }

  /** Classes that it gave in all, first calls included. */
  int inAll(String jar) {
    return inAll.getOrDefault(jar, 0);
  }

  /** When the main class was loaded, after the virtual machine's begin. */
  long mainMillis() {
    if (mainMillis < 0) {
      throw new IllegalStateException("the log of classes has no main class");
    }
    return mainMillis;
  }
}
