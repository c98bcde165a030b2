package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a cold start loads. Counted, because a time would vary with the machine; of ours alone,
 * because the JDK's number varies with its build.
 */
final class LeanStartTest {

  private static final List<String> HEAVY =
      List.of(
          "java.net.http.",
          "java.util.regex.",
          "java.util.logging.",
          "java.util.stream.",
          "java.lang.invoke.StringConcat",
          "java.util.Formatter",
          "com.amazonaws.");

  @Test
  void upToTheFirstQuestionFewClassesOfOursAreLoadedAndNoneOfAHeavyPackage() throws Exception {
    List<String> command = new ArrayList<>(List.of(FunctionProcess.JAVA, "-Xlog:class+load"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add(ScriptedHandler.class.getName());
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function = FunctionProcess.start(command, api.address(), Map.of())) {
      api.awaitIdle();
      List<String> loaded =
          function
              .log()
              .lines()
              .filter(line -> line.contains("source:") && !line.contains("shared objects file"))
              .map(line -> line.substring(line.indexOf(']') + 1, line.indexOf(" source:")).strip())
              .toList();
      assertEquals(
          List.of(),
          loaded.stream().filter(name -> HEAVY.stream().anyMatch(name::contains)).toList());
      List<String> ours = loaded.stream().filter(name -> name.contains("dev.chatgate.")).toList();
      assertTrue(ours.size() <= 20, () -> ours.size() + " classes: " + ours);
    }
  }
}
