package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.local.LocalSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Compares the ranges of all integer settings in the template, the gateway and the local doors. A
 * value that the template accepts and the gateway refuses would fail only at a cold start.
 */
class LimitsTest {
  private final Template template = Template.read(Repository.ROOT.resolve("template.yaml"));

  LimitsTest() throws IOException {}

  @Test
  void theTemplatesRangesAreTheGatewaysAndTheLocalDoors() {
    var numbers = numbers();
    assertTrue(numbers.size() >= 8, numbers.keySet()::toString);
    numbers.forEach((variable, parameter) -> {
      long least = bound(variable, parameter, "MinValue");
      long most = bound(variable, parameter, "MaxValue");
      assertDoesNotThrow(() -> read(variable, least));
      assertDoesNotThrow(() -> read(variable, most));
      refused(variable, least - 1);
      refused(variable, most + 1);
    });
  }

  private static long bound(String variable, JsonNode parameter, String name) {
    assertTrue(parameter.has(name), variable + " has no " + name);
    return parameter.get(name).asLong();
  }

  /** The parameters with a range, by the environment variable that they set. */
  private Map<String, JsonNode> numbers() {
    var numbers = new TreeMap<String, JsonNode>();
    template
        .properties("ApiFunction")
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> {
          var parameter = template.parameters().path(variable.getValue().path("Ref").asText());
          if (parameter.path("Type").asText().equals("Number") && !parameter.has("AllowedValues")) {
            numbers.put(variable.getKey(), parameter);
          }
        });
    return numbers;
  }

  private static void read(String variable, long value) {
    Settings.from(gateway(variable, value));
    LocalSettings.from(Map.of(variable, Long.toString(value)));
  }

  private static void refused(String variable, long value) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Settings.from(gateway(variable, value)),
        () -> "the gateway takes " + variable + "=" + value);
    assertThrows(
        RuntimeException.class,
        () -> LocalSettings.from(Map.of(variable, Long.toString(value))),
        () -> "the local doors take " + variable + "=" + value);
  }

  private static Map<String, String> gateway(String variable, long value) {
    var environment = new HashMap<String, String>();
    environment.put("CHATGATE_TENANTS_TABLE", "t");
    environment.put("CHATGATE_QUOTA_TABLE", "q");
    environment.put("CHATGATE_USAGE_TABLE", "u");
    environment.put("CHATGATE_PROVIDER_SECRET", "s");
    environment.put("CHATGATE_SIGNING_SECRET", "s");
    environment.put("UPSTREAM_BASE_URL", "https://provider.example/v1");
    environment.put(variable, Long.toString(value));
    return environment;
  }
}
