package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The policies for people, in {@code infra/policies}. That the first two allow exactly the calls of
 * the command line is tested in {@code infra/cli}.
 */
class PoliciesTest {
  /** IAM's limit for a managed policy, white space not counted. */
  private static final int MAX_CHARACTERS = 6_144;

  /** IAM's prefix where it is not the name of the service in a resource type. */
  private static final Map<String, String> PREFIXES = Map.of("serverless", "lambda");

  /** What SAM makes of the template's functions and its API, besides functions. */
  private static final Set<String> MADE_BY_SAM =
      Set.of("apigateway", "codedeploy", "events", "iam", "s3", "cloudformation");

  private static final Pattern TYPE =
      Pattern.compile("^    Type: AWS::(\\w+)::\\w+$", Pattern.MULTILINE);

  private static JsonNode statements(String name) throws IOException {
    var policy = JsonMapper.builder().build().readTree(text(name));
    assertEquals("2012-10-17", policy.get("Version").asText());
    return policy.get("Statement");
  }

  private static String text(String name) throws IOException {
    return Files.readString(Repository.ROOT.resolve("infra/policies/" + name + ".json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "operate", "deploy"})
  void aPolicyNamesEachAction(String name) throws IOException {
    for (var statement : statements(name)) {
      assertEquals("Allow", statement.get("Effect").asText());
      var seen = new TreeSet<String>();
      for (var action : statement.get("Action")) {
        assertFalse(action.asText().contains("*"), action.asText());
        assertTrue(seen.add(action.asText()), action.asText());
      }
      for (var resource : statement.get("Resource")) {
        assertTrue(
            !resource.asText().equals("*") || statement.get("Sid").asText().equals("Others"),
            statement.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "operate", "deploy"})
  void aPolicyFitsIntoAManagedPolicy(String name) throws IOException {
    int length = text(name).replaceAll("\\s", "").length();
    assertTrue(length <= MAX_CHARACTERS, name + ": " + length);
  }

  @Test
  void whoeverReadsChangesNothing() throws IOException {
    for (var statement : statements("read")) {
      for (var action : statement.get("Action")) {
        assertTrue(
            action.asText().matches("\\w+:(Get|Query|Scan|Describe)\\w*")
                && !action.asText().equals("secretsmanager:GetSecretValue"),
            action.asText());
      }
    }
  }

  /** A new type of resource needs its service in the policy of whoever deploys. */
  @Test
  void whoeverDeploysMayUseTheServicesOfTheTemplate() throws IOException {
    var expected = new TreeSet<>(MADE_BY_SAM);
    var types = TYPE.matcher(Files.readString(Repository.ROOT.resolve("template.yaml")));
    while (types.find()) {
      var service = types.group(1).toLowerCase(Locale.ROOT);
      expected.add(PREFIXES.getOrDefault(service, service));
    }
    var allowed = new TreeSet<String>();
    for (var statement : statements("deploy")) {
      for (var action : statement.get("Action")) {
        allowed.add(action.asText().substring(0, action.asText().indexOf(':')));
      }
    }
    assertEquals(expected, allowed);
  }
}
