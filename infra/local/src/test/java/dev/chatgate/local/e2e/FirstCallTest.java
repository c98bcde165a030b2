package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The first call after a snapshot's restore finds what it needs, and a start without a snapshot
 * needs little, counted in classes that are loaded: a number that no other work on the machine
 * changes.
 */
class FirstCallTest {
  private static final String RESTORED = " | restored at ";

  /** As the virtual machine writes it: 2026-11-23T21:00:00.123+0000. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx");

  /** Two of them only if two threads meet at a lock. */
  private static final int MOST_CLASSES = 10;

  /** Of the package, from a start without a snapshot until a plain call is answered. */
  private static final int MOST_CLASSES_OF_A_START = 2_300;

  /** Of these; with an application context it would be 585. */
  private static final int MOST_CLASSES_OF_MICRONAUT = 340;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"API, false", "API, true", "STREAM, false", "STREAM, true"})
  void theFirstCallLoadsFewClasses(Door door, boolean stream) throws Exception {
    Path loaded = folder.resolve("loaded");
    try (var stack =
        PackagedStack.start(
            Map.of(
                "AWS_LAMBDA_INITIALIZATION_TYPE",
                "snap-start",
                "JAVA_TOOL_OPTIONS",
                "-Dchatgate.rehearsal.rounds=2 -Xlog:class+load:file="
                    + loaded
                    + ":utctime:filesize=0"))) {
      call(stack, door, stream);

      var late = loadedSince(restoredAt(stack), loaded);
      assertTrue(late.size() <= MOST_CLASSES, () -> late.size() + ": " + late);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStartLoadsNoMoreClassesThanItDid(Door door) throws Exception {
    Path loaded = folder.resolve("loaded");
    var options = "-Xlog:class+load:file=" + loaded + ":utctime:filesize=0";
    try (var stack = PackagedStack.start(Map.of("JAVA_TOOL_OPTIONS", options))) {
      call(stack, door, false);

      var ofPackage =
          Files.readAllLines(loaded).stream().filter(line -> line.contains("/lib/")).toList();
      var ofMicronaut = ofPackage.stream().filter(line -> line.contains("/micronaut-")).toList();
      assertTrue(
          !ofMicronaut.isEmpty() && ofMicronaut.size() <= MOST_CLASSES_OF_MICRONAUT,
          () -> "of Micronaut " + ofMicronaut.size());
      assertTrue(
          ofPackage.size() <= MOST_CLASSES_OF_A_START, () -> "of the package " + ofPackage.size());
    }
  }

  enum Door {
    API,
    STREAM
  }

  private static void call(PackagedStack stack, Door door, boolean stream)
      throws IOException, InterruptedException {
    String url =
        switch (door) {
          case API -> stack.stack().apiUrl();
          case STREAM -> stack.stack().streamUrl();
        };
    String body =
        "{\"model\":\"local/chat\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
            .formatted(stream);
    var answer =
        stack.http().send(PackagedStack.chat(url, "cg_demo", body), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer::body);
    stack.onlyRecord("demo");
  }

  private static Instant restoredAt(PackagedStack stack) {
    var line = stack.log().stream().filter(l -> l.contains(RESTORED)).findFirst().orElseThrow();
    return Instant.parse(line.substring(line.indexOf(RESTORED) + RESTORED.length()));
  }

  private static List<String> loadedSince(Instant restored, Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !timeOf(line).isBefore(restored))
        .map(line -> line.substring(line.indexOf(']') + 1).strip())
        .toList();
  }

  private static Instant timeOf(String line) {
    return TIME.parse(line.substring(1, line.indexOf(']')), Instant::from);
  }
}
