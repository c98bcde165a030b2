package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.local.upstream.BuiltInUpstream;
import dev.chatgate.openai.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page for front-end developers names every error code and every local model. */
class FrontEndsPageTest {
  private static final Path EVENTS = Repository.ROOT.resolve("events");
  private static final Path CHECKS = Repository.ROOT.resolve("infra/checks");

  private final FrontEndsPage page = FrontEndsPage.read();

  FrontEndsPageTest() throws IOException {}

  @Test
  void everyErrorCodeHasItsRowWithItsStatus() {
    var expected = new TreeMap<String, Integer>();
    for (var code : ErrorCode.values()) {
      expected.put(code.wireName(), code.status());
    }
    var shown = new TreeMap<String, Integer>();
    page.errors().forEach((code, row) -> shown.put(code, row.status()));
    assertEquals(expected, shown);
  }

  @Test
  void everyLocalModelIsOnThePage() {
    for (var model : BuiltInUpstream.MODELS) {
      assertTrue(page.text().contains("`" + model + "`"), model);
    }
  }

  /** Rows that can be rehearsed are compared with real answers by {@code ErrorRehearsalTest}. */
  @Test
  void theRetryHeadersOfTheOtherErrorsAreThoseOfTheSampleEvents() throws Exception {
    for (var row : page.errors().entrySet()) {
      var samples = samples(row.getKey());
      if (!row.getValue().rehearsed() && !samples.isEmpty()) {
        assertTrue(samples.contains(row.getValue().headers()), () -> row.getKey() + ": " + samples);
      }
    }
  }

  @Test
  void thePageShowsCodeThatTestsRun() throws Exception {
    var running = new HashSet<String>();
    for (var file : List.of("npm/front-end.cjs", "npm/ai-sdk.mjs", "browser/with-backend.js")) {
      Files.readString(CHECKS.resolve(file)).lines().map(String::strip).forEach(running::add);
    }
    var other = new ArrayList<>(page.code());
    assertFalse(other.isEmpty());
    other.removeAll(running);
    assertEquals(List.of(), other);
  }

  /** The sets of headers about retries in the sample answers with an error code. */
  private static Set<Set<String>> samples(String code) throws IOException {
    var found = new HashSet<Set<String>>();
    try (var files = Files.newDirectoryStream(EVENTS, "*.expected.json")) {
      for (var file : files) {
        var answer = new ObjectMapper().readTree(file.toFile());
        if (answer.at("/json/error/code").asText().equals(code)) {
          found.add(retryHeaders(answer.path("headers")));
        }
      }
    }
    return found;
  }

  private static Set<String> retryHeaders(JsonNode headers) {
    var names = new ArrayList<String>();
    headers.fieldNames().forEachRemaining(names::add);
    names.retainAll(Set.of("retry-after", "x-should-retry"));
    return new TreeSet<>(names);
  }
}
