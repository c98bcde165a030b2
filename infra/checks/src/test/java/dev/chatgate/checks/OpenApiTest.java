package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the document at {@code /openapi.json} with the answers of both doors. Schemathesis
 * generates valid and invalid requests from the document and reports every answer that the document
 * does not describe.
 */
@Tag("outside")
class OpenApiTest {
  private static final Path FOLDER = Repository.TARGET.resolve("schemathesis");
  private static final String TENANTS =
      """
      [{"id": "free", "keys": [{"name": "k", "secret": "cg_free"}]},
       {"id": "narrow", "keys": [{"name": "k", "secret": "cg_narrow"}],
        "models": [], "quota": {"requests_per_minute": 5, "tokens_per_day": 20000}},
       {"id": "away", "status": "suspended", "keys": [{"name": "k", "secret": "cg_away"}]}]
      """;

  /** A fixed seed, so that a failure can be reproduced. */
  private static final String SEED = "20261123";

  /** Limits that the hundreds of generated calls do not reach. */
  private static final Pattern ALL_PASSED = Pattern.compile("(\\d{3,}) generated, \\1 passed");

  private static LocalStack stack;

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(FOLDER);
    var tenants = Files.writeString(FOLDER.resolve("tenants.json"), TENANTS);
    var settings =
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "2",
            "CHATGATE_TENANTS", tenants.toString());
    stack =
        LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, line -> {});
    stack.awaitReady();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(strings = {"cg_free", "cg_narrow", "cg_away", ""})
  void theApiDoorAnswersAsDescribed(String key) throws Exception {
    assertAnswersAsDescribed(stack.apiUrl(), key, "api_gateway");
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(strings = {"cg_free", "cg_narrow", "cg_away", ""})
  void theStreamingDoorAnswersAsDescribed(String key) throws Exception {
    assertAnswersAsDescribed(stack.streamUrl(), key, "");
  }

  private static void assertAnswersAsDescribed(String door, String key, String hooks)
      throws Exception {
    var command = new ArrayList<Object>(command(door, key.equals("cg_free") ? 40 : 10));
    if (!key.isEmpty()) {
      command.addAll(List.of("--header", "Authorization: Bearer " + key));
    }

    var output = ExternalTools.run(environment(hooks), command.toArray());

    assertTrue(ALL_PASSED.matcher(output).find(), output);
  }

  /** Keeps Python's caches out of the checkout. */
  private static Map<String, String> environment(String hooks) {
    return Map.of(
        "SCHEMATHESIS_HOOKS",
        hooks,
        "PYTHONPATH",
        Repository.ROOT.resolve("infra/checks/python").toString(),
        "PYTHONDONTWRITEBYTECODE",
        "1",
        "HYPOTHESIS_STORAGE_DIRECTORY",
        FOLDER.resolve("hypothesis").toString());
  }

  private static List<Object> command(String door, int examples) {
    return List.of(
        ExternalTools.find("schemathesis/bin/schemathesis"),
        "--config-file=infra/checks/python/schemathesis.toml",
        "run",
        door + "/openapi.json",
        "--url=" + door,
        "--checks=not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_schema_conformance,response_headers_conformance",
        "--phases=examples,coverage,fuzzing",
        "--max-examples=" + examples,
        "--seed=" + SEED,
        "--generation-database=none",
        "--request-timeout=30",
        // With some of the keys most calls are refused, which is intended.
        "--warnings=off",
        "--no-color");
  }
}
