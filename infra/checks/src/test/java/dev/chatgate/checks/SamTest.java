package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks the template with SAM, cfn-lint and checkov. */
@Tag("outside")
class SamTest {
  private static final Path TEMPLATE = Repository.ROOT.resolve("template.yaml");
  // No call to the region is made, but SAM requires one to validate.
  private static final Map<String, String> ENVIRONMENT =
      Map.of("SAM_CLI_TELEMETRY", "0", "AWS_DEFAULT_REGION", "us-east-1");

  private final Path sam = ExternalTools.find("python/bin/sam");

  @Test
  void samFindsTheTemplateValid() throws Exception {
    var output = ExternalTools.run(ENVIRONMENT, sam, "validate", "--lint", "--template", TEMPLATE);

    assertTrue(output.contains("is a valid SAM Template"), output);
  }

  @Test
  void cfnLintReportsNothing() throws Exception {
    assertEquals(
        "", ExternalTools.run(ENVIRONMENT, ExternalTools.find("python/bin/cfn-lint"), TEMPLATE));
  }

  /** Each exception has its reason in the template, and no exception is unnecessary. */
  @Test
  void checkovReportsNothing() throws Exception {
    var checkov = ExternalTools.find("checkov/bin/checkov");
    var output =
        ExternalTools.run(
            ENVIRONMENT, checkov, "--skip-download", "--quiet", "-o", "json", "-f", TEMPLATE);

    var summary = new ObjectMapper().readTree(output).get("summary");
    assertEquals(0, summary.get("failed").asInt(), output);
    assertEquals(0, summary.get("parsing_errors").asInt(), output);
    assertTrue(summary.get("passed").asInt() > 0, output);
    long exceptions =
        Files.readAllLines(TEMPLATE).stream()
            .filter(line -> line.contains("checkov:skip="))
            .count();
    assertEquals(exceptions, summary.get("skipped").asInt(), "an unnecessary exception");
  }

  @Test
  void schedulesCallTheAliasesWithEventsThatTheEntriesKnow() throws Exception {
    var rules = SamTranslator.expand(TEMPLATE).ofType("AWS::Events::Rule");
    var golden = Files.readString(Repository.ROOT.resolve("events/keep-warm.json")).strip();

    assertEquals(
        Set.of("ApiFunctionKeepWarm", "ReconcilerFunctionEveryMinute", "StreamFunctionKeepWarm"),
        rules.keySet());
    rules.forEach((name, rule) -> {
      var target = rule.at("/Targets/0");
      var alias = name.replaceFirst("Function.*", "FunctionAliaslive");
      assertEquals(alias, target.at("/Arn/Ref").asText());
      if (name.endsWith("KeepWarm")) {
        assertEquals(golden, target.get("Input").asText());
      }
    });
  }

  @Test
  void samBuildsFromThePackages() throws Exception {
    var folder = Repository.TARGET.resolve("aws-sam");

    ExternalTools.run(ENVIRONMENT, sam, "build", "--template", TEMPLATE, "--build-dir", folder);

    var built = Template.read(folder.resolve("template.yaml")).ofType("AWS::Serverless::Function");
    assertEquals(4, built.size());
    for (JsonNode function : built.values()) {
      var code = folder.resolve(function.get("CodeUri").asText());
      assertTrue(Files.exists(code), code.toString());
    }
  }

  @Test
  void bothDoorsServeFromWhatSamBuilt() throws Exception {
    var folder = Repository.TARGET.resolve("aws-sam-doors");
    ExternalTools.run(ENVIRONMENT, sam, "build", "--template", TEMPLATE, "--build-dir", folder);
    var settings =
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0");

    try (var stack =
            LocalStack.start(LocalSettings.from(settings), folder, Pacing.NONE, line -> {});
        var http = HttpClient.newHttpClient()) {
      for (var door : List.of(stack.apiUrl(), stack.streamUrl())) {
        var answer = http.send(chat(door), BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().endsWith("data: [DONE]\n\n"), answer.body());
      }
      assertTrue(stack.reconcile().contains("\"unfinished\":0"));
    }
  }

  private static HttpRequest chat(String door) {
    var body =
        "{\"model\":\"local/chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    return HttpRequest.newBuilder(URI.create(door + "/openai/v1/chat/completions"))
        .timeout(Duration.ofSeconds(60))
        .header("authorization", "Bearer cg_demo")
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
