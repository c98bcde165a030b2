package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decides the template's conditions for each value of {@code Doors} and {@code Watch}. */
class DoorsTest {
  private final Template template = Template.read(Repository.ROOT.resolve("template.yaml"));

  DoorsTest() throws IOException {}

  /** CloudFormation refuses a template that refers to a resource that a condition left out. */
  @ParameterizedTest
  @CsvSource({
    "api-and-url,on",
    "api-and-url,off",
    "url,on",
    "url,off",
    "api,on",
    "api,off",
  })
  void noReferenceNamesWhatIsNotThere(String doors, String watch) {
    var decided = decided(doors, watch);

    var dangling = new TreeSet<>(Decided.dangling(decided));
    // SAM derives resources from functions, and their names from the functions' names.
    dangling.removeIf(name ->
        decided.ofType("AWS::Serverless::Function").keySet().stream().anyMatch(name::startsWith));
    assertEquals(Set.of(), dangling);
  }

  @ParameterizedTest
  @CsvSource({"api-and-url,true,true", "url,false,true", "api,true,false"})
  void nothingOfADoorThatIsOffIsLeft(String doors, boolean hasApi, boolean hasUrl) {
    var decided = decided(doors, "on");

    var names = new TreeSet<String>();
    decided.resources().fieldNames().forEachRemaining(names::add);
    decided.root().get("Outputs").fieldNames().forEachRemaining(names::add);
    assertEquals(
        hasApi, names.stream().anyMatch(name -> name.matches("(Http)?Api.*")), names.toString());
    assertEquals(hasUrl, names.stream().anyMatch(name -> name.startsWith("Stream")), "" + names);
    assertEquals(hasApi, decided.resources().toString().contains("ApiFunction"));
    assertEquals(hasUrl, decided.resources().toString().contains("StreamFunction"));
    assertTrue(names.contains("ReconcilerFunction"));
  }

  /** A line of a door that is off would show nothing, and a query of its log would fail. */
  @ParameterizedTest
  @CsvSource({"api-and-url,true,true", "url,false,true", "api,true,false"})
  void theDashboardShowsTheDoorsThatAreThere(String doors, boolean hasApi, boolean hasUrl)
      throws IOException {
    var shown = new TreeSet<String>();
    for (var widget : Watched.widgets(decided(doors, "on"))) {
      var properties = widget.get("properties");
      properties
          .path("metrics")
          .forEach(row -> {
            var last = row.get(row.size() - 1);
            if (!last.isObject() || last.path("visible").asBoolean(true)) {
              shown.add(row.toString());
            }
          });
      shown.add(properties.path("query").asText());
    }

    var text = String.join("\n", shown);
    assertEquals(hasApi, text.contains("${ApiFunction}") && text.contains("${ApiLogGroup}"));
    assertEquals(hasUrl, text.contains("${StreamFunction}") && text.contains("${StreamLogGroup}"));
    assertFalse(text.contains("none\""), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"api-and-url", "url", "api"})
  void withoutWatchThereIsNoAlarmAndNoDashboard(String doors) {
    var types =
        decided(doors, "off")
            .resources()
            .valueStream()
            .map(resource -> resource.get("Type").asText())
            .collect(Collectors.toSet());

    assertFalse(types.stream().anyMatch(type -> type.startsWith("AWS::CloudWatch")), "" + types);
    assertFalse(types.contains("AWS::Logs::MetricFilter"));
    assertTrue(types.contains("AWS::Serverless::Function"));
  }

  private Template decided(String doors, String watch) {
    return Decided.of(
        template,
        Map.of(
            "Doors", doors,
            "Watch", watch,
            "SpendAlarmUsdPerHour", "1",
            "AwsBudgetUsd", "10",
            "AlarmEmail", "ops@example.com",
            "KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/k"));
  }
}
