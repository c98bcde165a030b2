import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format on every Java file of the checkout. It runs in the JDK that compiles the
 * sources, because Maven's own JVM may be too old for their syntax. First argument: {@code check}
 * fails if a file is not formatted, {@code fix} rewrites it.
 */
public final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    var unformatted = new ArrayList<Path>();
    for (String top : List.of("functions", "infra", ".mvn")) {
      for (Path file : javaFilesUnder(Path.of(top))) {
        String before = Files.readString(file);
        String after = format(file, before);
        if (!after.equals(before)) {
          unformatted.add(file);
          if (fix) {
            Files.writeString(file, after);
          }
        }
      }
    }
    for (Path file : unformatted) {
      System.err.println((fix ? "formatted " : "not formatted: ") + file);
    }
    if (!fix && !unformatted.isEmpty()) {
      System.err.println("Run: mvn -Pformat -N");
      System.exit(1);
    }
  }

  private static List<Path> javaFilesUnder(Path top) throws IOException {
    try (var files = Files.walk(top)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/node_modules/"))
          .sorted()
          .toList();
    }
  }

  private static String format(Path file, String source) throws Exception {
    try {
      String tidied =
          RemoveUnusedImports.removeUnusedImports(
              ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE));
      return new Formatter().formatSource(tidied);
    } catch (com.google.googlejavaformat.java.FormatterException e) {
      throw new IOException(file + " cannot be parsed: " + e.getMessage(), e);
    }
  }
}
