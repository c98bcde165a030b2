package dev.chatgate.bench.figures;

import dev.chatgate.testkit.FakeBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The classes that a function loads, from the log of its JVM. */
final class LoadedClasses {
  private LoadedClasses() {}

  /**
   * The classes that a restored process loads for its first call.
   *
   * @param model determines whether the call is plain or a stream; see {@link FakeBackends}
   * @return the log's lines with name and source
   */
  static List<String> ofFirstCall(Path root, MeasuredDoor door, FakeBackends backends, String model)
      throws Exception {
    return after(root, door, backends, model, MeasuredFunction.SOON_RESTORED, true);
  }

  /**
   * The package's classes that are loaded from a start without a snapshot until a plain call is
   * settled.
   */
  static List<String> ofStart(Path root, MeasuredDoor door, FakeBackends backends)
      throws Exception {
    var all =
        after(root, door, backends, FakeBackends.PLAIN_MODEL, MeasuredFunction.ON_DEMAND, false);
    return all.stream().filter(line -> line.contains("/lib/")).toList();
  }

  private static List<String> after(
      Path root,
      MeasuredDoor door,
      FakeBackends backends,
      String model,
      Map<String, String> variables,
      boolean restored)
      throws Exception {
    var log = Files.createTempFile("loaded", ".log");
    var logging = "-Xlog:class+load:file=" + log + "::filesize=0";
    try (var function =
        MeasuredFunction.start(root, door, backends, MeasuredFunction.with(variables, logging))) {
      if (restored) {
        function.restore();
      }
      int before = restored ? classes(log).size() : 0;
      var _ = function.call(model);
      function.api().awaitIdle();
      var all = classes(log);
      return all.subList(before, all.size());
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private static List<String> classes(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" source: "))
        .map(line -> line.substring(line.indexOf(']') + 1).strip())
        .toList();
  }
}
