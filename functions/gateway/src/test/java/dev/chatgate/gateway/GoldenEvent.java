package dev.chatgate.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One scenario of the folder with the golden events.
 *
 * @param name the file's name without its ending
 * @param event the invocation's payload
 * @param expectation the expected answer
 */
record GoldenEvent(String name, String event, Expectation expectation) {
  private static final String EVENT = ".json";
  private static final String EXPECTATION = ".expected.json";

  /**
   * Reads all scenarios of a folder, in the order of their names.
   *
   * @throws IOException if an event has no expectation, or an expectation no event
   */
  static List<GoldenEvent> all(Path folder) throws IOException {
    var events = new ArrayList<GoldenEvent>();
    try (var files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        var fileName = file.getFileName().toString();
        if (fileName.endsWith(EXPECTATION)) {
          requireThere(file, EXPECTATION, EVENT);
        } else if (fileName.endsWith(EVENT)) {
          events.add(read(file));
        }
      }
    }
    return events;
  }

  private static GoldenEvent read(Path file) throws IOException {
    Path expected = requireThere(file, EVENT, EXPECTATION);
    var name = file.getFileName().toString();
    return new GoldenEvent(
        name.substring(0, name.length() - EVENT.length()),
        Files.readString(file),
        new Expectation(new ObjectMapper().readTree(Files.readString(expected))));
  }

  private static Path requireThere(Path file, String ending, String otherEnding)
      throws IOException {
    var name = file.getFileName().toString();
    Path other =
        file.resolveSibling(name.substring(0, name.length() - ending.length()) + otherEnding);
    if (!Files.exists(other)) {
      throw new IOException(file + " stands alone: there is no " + other.getFileName());
    }
    return other;
  }

  /** The events that the same function must have answered before, in order. */
  List<String> before(Path folder) throws IOException {
    var events = new ArrayList<String>();
    for (var earlier : expectation.member("before")) {
      events.add(Files.readString(folder.resolve(earlier.asText() + EVENT)));
    }
    return events;
  }

  /** Fails with the scenario's name if the answer is not as expected. */
  void check(Expectation.Answer answer) {
    try {
      expectation.check(answer);
    } catch (AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
