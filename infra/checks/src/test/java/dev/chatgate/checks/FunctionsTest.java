package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.telemetry.MetricSource;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the functions in {@code template.yaml} with their packages. */
class FunctionsTest {
  private static final String LOOPBACK_ISSUERS = "CHATGATE_LOOPBACK_ISSUERS";
  private static final String PLAYGROUND = "CHATGATE_PLAYGROUND";
  private static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

  /** A variable that no code reads; see the comment in the template. */
  private static final String DEPLOYED_WITH = "CHATGATE_DEPLOYED_WITH";

  private final Template template =
      Decided.of(
          Template.read(Repository.ROOT.resolve("template.yaml")), Map.of("RolloutCheck", "on"));

  FunctionsTest() throws IOException {}

  @ParameterizedTest
  @ValueSource(
      strings = {"ApiFunction", "StreamFunction", "ReconcilerFunction", "RolloutCheckFunction"})
  void theHandlerIsInThePackage(String function, @TempDir Path folder) throws Exception {
    var handler = template.properties(function).get("Handler").asText().split("::", 2);

    var usable = deployed(function).usableOf(handler[0], folder);

    assertTrue(usable.contains("new"), usable.toString());
    assertTrue(handler.length == 1 || usable.contains(handler[1]), usable.toString());
  }

  @ParameterizedTest
  @CsvSource({"ApiFunction, chatgate-api", "StreamFunction, chatgate-stream"})
  void theWrapperIsAnExecutableInThePackage(String function, String script) throws IOException {
    assertEquals("/var/task/" + script, variables(function).get(WRAPPER));

    var permissions = deployed(function).permissions(script);

    assertTrue(
        permissions.containsAll(
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE)),
        permissions.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void theGatewaysVariablesAreThoseItReads(String function) {
    var environment = new Recording(variables(function));

    Settings.from(environment);

    var set = new TreeSet<>(variables(function).keySet());
    set.remove(WRAPPER);
    set.remove(DEPLOYED_WITH);
    // Set only by the local stack: a deployment never fetches key sets from its own machine.
    assertFalse(set.contains(LOOPBACK_ISSUERS));
    set.add(LOOPBACK_ISSUERS);
    // Only the streaming door serves the page.
    assertEquals(function.equals("StreamFunction"), set.contains(PLAYGROUND));
    set.add(PLAYGROUND);
    assertEquals(environment.read, set);
    assertEquals(new TreeSet<>(Settings.VARIABLES), set);
  }

  @Test
  void theReconcilersVariablesAreThoseItReads() {
    var environment = new Recording(variables("ReconcilerFunction"));

    Tables.ofLedger(environment);
    MetricSource.isOn(environment);

    var set = new TreeSet<>(variables("ReconcilerFunction").keySet());
    set.remove(DEPLOYED_WITH);
    assertEquals(environment.read, set);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void theDefaultsAreThoseOfTheCode(String function) {
    var all = variables(function);
    var withoutDefaults = new HashMap<>(all);
    template
        .parameters()
        .fieldNames()
        .forEachRemaining(parameter -> {
          if (!parameter.equals("ProviderBaseUrl")) {
            withoutDefaults.keySet().removeIf(name -> isSetBy(function, name, parameter));
          }
        });

    assertEquals(Settings.from(withoutDefaults), Settings.from(all));
  }

  @Test
  void theTimeLimitsNest() {
    var api = template.properties("ApiFunction");
    var event = api.path("Events").path("Everything").path("Properties");
    var integration = Duration.ofMillis(event.get("TimeoutInMillis").asLong());

    assertLess(ApiHandler.DOOR.answersWithin().orElseThrow(), integration);
    assertLess(integration, timeout("ApiFunction"));
    var longestCall =
        Duration.ofSeconds(template.parameters().at("/CallSeconds/MaxValue").asLong());
    assertLess(longestCall.plus(StreamHandler.DOOR.settling()), timeout("StreamFunction"));
    // A run ends before the next one starts.
    assertFalse(timeout("ReconcilerFunction").compareTo(Duration.ofMinutes(1)) > 0);
  }

  private DeployablePackage deployed(String function) {
    return new DeployablePackage(
        Repository.ROOT.resolve(template.properties(function).get("CodeUri").asText()));
  }

  private Duration timeout(String function) {
    return Duration.ofSeconds(template.properties(function).get("Timeout").asLong());
  }

  private static void assertLess(Duration shorter, Duration longer) {
    assertTrue(shorter.compareTo(longer) < 0, shorter + " is not below " + longer);
  }

  /**
   * A function's environment variables, with parameters replaced by their defaults and resources by
   * their logical ids.
   */
  private Map<String, String> variables(String function) {
    var variables = new TreeMap<String, String>();
    declared(function)
        .properties()
        .forEach(variable -> variables.put(variable.getKey(), value(variable.getValue())));
    return variables;
  }

  private JsonNode declared(String function) {
    return template.properties(function).at("/Environment/Variables");
  }

  private String value(JsonNode declared) {
    if (!declared.has("Ref")) {
      return declared.asText();
    }
    var name = declared.get("Ref").asText();
    if (name.equals("ProviderBaseUrl")) {
      return "https://provider.example/v1";
    }
    return template.parameters().path(name).path("Default").asText(name);
  }

  private boolean isSetBy(String function, String variable, String parameter) {
    return declared(function).path(variable).path("Ref").asText().equals(parameter);
  }

  /** An environment that records which variables are read. */
  private static final class Recording extends HashMap<String, String> {
    final TreeSet<String> read = new TreeSet<>();

    Recording(Map<String, String> variables) {
      super(variables);
    }

    @Override
    public @Nullable String get(Object name) {
      read.add((String) name);
      return super.get(name);
    }

    @Override
    public String getOrDefault(Object name, String otherwise) {
      read.add((String) name);
      return super.getOrDefault(name, otherwise);
    }
  }
}
