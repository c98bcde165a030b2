package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Causes each error as the page for front-end developers says, and compares what the unmodified
 * libraries throw with the page's table. {@code FrontEndsPageTest} checks that the page shows the
 * code that runs here.
 */
@Tag("outside")
class ErrorRehearsalTest {
  private static final Path NPM = Repository.ROOT.resolve("infra/checks/npm");

  private static LocalStack stack;

  @BeforeAll
  static void start() {
    var settings =
        LocalSettings.from(
            Map.of(
                "CHATGATE_API_PORT", "0",
                "CHATGATE_STREAM_PORT", "0",
                "CHATGATE_AWS_PORT", "0",
                "CHATGATE_RECONCILE_SECONDS", "0",
                "CHATGATE_CALL_SECONDS", "5"));
    stack = LocalStack.start(settings, Repository.ROOT, Pacing.NONE, line -> {});
    operate();
    stack.awaitReady();
  }

  /** Does what the page leaves to the command line, with tenants of their own. */
  private static void operate() {
    try (var dynamoDb = stack.dynamoDb()) {
      var tenants = new TenantEditor(dynamoDb, stack.tables(), new Random(1), Pause.SLEEP);
      tenants.put(
          TenantJson.readOne(
              "{\"id\":\"suspended\",\"status\":\"suspended\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_suspended\"}]}"));
      tenants.put(
          TenantJson.readOne(
              "{\"id\":\"person\",\"require_end_user\":true,\"keys\":[{\"name\":\"k\",\"secret\":\"cg_person\"}]}"));
      var quota = new DynamoQuotaTable(dynamoDb, stack.tables(), Duration.ofSeconds(10));
      var person = QuotaKey.of(new TenantId("limited"), new EndUser("blocked"));
      var _ = EndUserWrite.write(quota, person, EndUserWrite.block(Instant.now())).orElseThrow();
    }
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void everyErrorIsWhatThePageSays() throws Exception {
    var page = FrontEndsPage.read();
    var environment = new HashMap<>(ExternalTools.nodePath());
    environment.put("CHATGATE_BASE_URL", stack.streamUrl() + "/openai/v1");

    var output = ExternalTools.run(environment, "node", "infra/checks/npm/errors.cjs");

    var rehearsed = new HashMap<String, FrontEndsPage.Row>();
    var classes = new HashMap<Integer, String>();
    for (var line : output.lines().toList()) {
      var json = new ObjectMapper().readTree(line);
      json.path("classes")
          .properties()
          .forEach(
              entry -> classes.put(Integer.valueOf(entry.getKey()), entry.getValue().asText()));
      if (json.has("code")) {
        rehearsed.put(json.path("code").asText(), row(json));
      }
    }
    page.errors()
        .forEach((code, row) -> {
          assertEquals(classes.get(row.status()), row.type(), code);
          assertEquals(row.rehearsed(), rehearsed.containsKey(code), code);
          if (row.rehearsed()) {
            assertEquals(rehearsed.get(code), row, code);
          }
        });
    assertEquals("APIError", classes.get(402));
  }

  private static FrontEndsPage.Row row(JsonNode seen) {
    var headers = new TreeSet<String>();
    seen.path("headers").forEach(name -> headers.add(name.asText()));
    return new FrontEndsPage.Row(
        seen.path("status").asInt(), seen.path("class").asText(), headers, true);
  }

  @Test
  void theAiSdkDoesWhatThePageSays() throws Exception {
    var folder = Files.createDirectories(Repository.TARGET.resolve("ai-sdk"));
    var script = folder.resolve("ai-sdk.mjs");
    Files.copy(NPM.resolve("ai-sdk.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
    var packages = folder.resolve("node_modules");
    Files.deleteIfExists(packages);
    Files.createSymbolicLink(packages, ExternalTools.find("clients/ai-sdk/node_modules"));
    var environment = Map.of("CHATGATE_BASE_URL", stack.streamUrl() + "/openai/v1");

    var output = ExternalTools.run(environment, "node", script);

    assertTrue(output.contains("does what the page says"), output);
  }
}
