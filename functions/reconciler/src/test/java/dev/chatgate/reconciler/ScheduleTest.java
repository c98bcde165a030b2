package dev.chatgate.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.telemetry.MetricSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the reconciler's function in the template with the code. */
class ScheduleTest {
  private static final Pattern FUNCTION =
      Pattern.compile("(?ms)^  ReconcilerFunction:\n(.*?)^  \\w");
  private static final Pattern VARIABLES =
      Pattern.compile("(?ms)^        Variables:\n(.*?)^ {0,8}\\w");
  private static final Pattern LINE = Pattern.compile("(?m)^ *(\\w+): (.+)$");

  private final String function =
      find(FUNCTION, Files.readString(Path.of("..", "..", "template.yaml")));

  ScheduleTest() throws IOException {}

  private static String find(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    assertTrue(matcher.find(), pattern.pattern());
    return matcher.group(1);
  }

  @Test
  void theTemplateSetsTheVariablesThatAreRead() {
    var variables = new TreeMap<String, String>();
    LINE.matcher(find(VARIABLES, function))
        .results()
        .forEach(line -> variables.put(line.group(1), line.group(2)));
    assertEquals(
        new Tables(
            "",
            "!If [RestoredQuota, !Ref RestoredQuotaTable, !Ref QuotaTable]",
            "!If [RestoredUsage, !Ref RestoredUsageTable, !Ref UsageTable]"),
        Tables.ofLedger(variables));
    assertEquals("!Ref Watch", variables.get(MetricSource.VARIABLE));
    assertEquals(3, variables.size());
  }

  /**
   * The template must name only the class; with a method, AWS's runtime client calls it by
   * reflection.
   */
  @Test
  void theTemplateNamesThisHandler() {
    assertEquals(
        ReconcilerHandler.class.getName(),
        find(Pattern.compile("(?m)^      Handler: (\\S+)$"), function));
  }
}
