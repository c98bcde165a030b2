package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All third-party libraries in the packages are listed beside each package and in the licence page.
 * Tagged "outside", because the lists are only created by online builds.
 */
@Tag("outside")
class ThirdPartyTest {
  private static final List<String> PACKAGES = List.of("gateway", "reconciler");
  private static final Pattern ROW = Pattern.compile("\\| `(\\S+)` \\| (.+) \\|");

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "reconciler"})
  void theListBesideAPackageMatchesItsJars(String module) throws IOException {
    var listed = new TreeSet<String>();
    for (var component : components(module)) {
      listed.add(text(component, "name") + "-" + text(component, "version") + ".jar");
    }
    listed.add("chatgate-%s-%s.jar".formatted(module, version(module)));

    assertEquals(listed, new TreeSet<>(deployed(module).jars()));
  }

  @Test
  void everyLibraryIsOnThePageWithItsLicence() throws IOException {
    var found = new TreeMap<String, String>();
    for (var module : PACKAGES) {
      for (var component : components(module)) {
        if (!text(component, "group").equals("dev.chatgate")) {
          found.put(text(component, "group") + ":" + text(component, "name"), licence(component));
        }
      }
    }

    assertFalse(found.isEmpty());
    assertEquals(found, page());
  }

  private static Map<String, String> page() throws IOException {
    return Files.readAllLines(Repository.ROOT.resolve("functions/THIRD-PARTY.md")).stream()
        .map(ROW::matcher)
        .filter(row -> row.matches())
        .collect(
            Collectors.toMap(row -> row.group(1), row -> row.group(2), (a, b) -> b, TreeMap::new));
  }

  private static String licence(JsonNode component) {
    var names = new ArrayList<String>();
    for (var each : component.path("licenses")) {
      names.add(each.path("license").path("id").asText());
    }
    return names.stream().sorted().collect(Collectors.joining(" or "));
  }

  private static JsonNode components(String module) throws IOException {
    return new ObjectMapper().readTree(list(module)).get("components");
  }

  private static String version(String module) throws IOException {
    return new ObjectMapper().readTree(list(module)).at("/metadata/component/version").asText();
  }

  private static String list(String module) throws IOException {
    var list = target(module).resolve("chatgate-" + module + ".cdx.json");
    assertTrue(Files.exists(list), list + " is missing: run mvn package, not offline");
    return Files.readString(list);
  }

  private static DeployablePackage deployed(String module) {
    return new DeployablePackage(target(module).resolve("chatgate-" + module + ".zip"));
  }

  private static Path target(String module) {
    return Repository.ROOT.resolve(Path.of("functions", module, "target"));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }
}
