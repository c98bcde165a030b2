package dev.chatgate.bench.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The classes that a restored process loads for its first call, by the log of the JVM. */
final class FirstClasses {
  private FirstClasses() {}

  /**
   * Counts them, in a process of its own.
   *
   * @param model a plain call or a stream, see {@link Backends}
   * @return their names
   */
  static List<String> of(Path root, Door door, Backends backends, String model) throws Exception {
    var loaded = Files.createTempFile("loaded", ".log");
    var variables =
        Map.of(
            "AWS_LAMBDA_INITIALIZATION_TYPE",
            "snap-start",
            "JAVA_TOOL_OPTIONS",
            "-Dchatgate.rehearsal.rounds=200 -Xlog:class+load:file=" + loaded + "::filesize=0");
    try (var function = FunctionProcess.start(root, door, backends, variables)) {
      function.api().restore();
      int before = classes(loaded).size();
      var _ = function.api().call(door.event(Backends.request(model)));
      function.api().awaitAsking();
      var all = classes(loaded);
      return all.subList(before, all.size());
    } finally {
      Files.deleteIfExists(loaded);
    }
  }

  private static List<String> classes(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" source: "))
        .map(line -> line.replaceAll("^.*\\] *| source: .*$", ""))
        .toList();
  }
}
