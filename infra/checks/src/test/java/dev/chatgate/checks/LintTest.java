package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs checkov and AWS's serverless rules for cfn-lint over what CloudFormation receives. Both are
 * nearly blind in the source: most of their checks know CloudFormation's resources only. Each
 * accepted finding has its reason here or in a comment of the source, and must still be found.
 */
@Tag("outside")
class LintTest {
  /** SAM's name of the API's stage, which has what the source says of the API. */
  private static final String STAGE = "HttpApiApiGatewayDefaultStage";

  private static final String ROLLOUT_CHECK = "RolloutCheckFunction";

  private static final Pattern SKIP = Pattern.compile("checkov:skip=(\\w+):");
  private static final Pattern RESOURCE = Pattern.compile("^  (\\w+):$");

  private static final String NEXT_EVENT =
      "a lost event does no harm: the next one comes in a minute or, to keep warm, in a day";

  /** Accepted findings, beside those of the source's comments. */
  private static final List<Accepted> ACCEPTED =
      List.of(
          new Accepted(
              "CKV_AWS_115",
              "ReservedConcurrency is 0 by default, since new accounts have too few instances to"
                  + " reserve any",
              "ApiFunction",
              "StreamFunction"),
          // checkov does not look at it in the source, where its condition is false.
          new Accepted("CKV_AWS_115", "it runs during deployments only", ROLLOUT_CHECK),
          new Accepted("CKV_AWS_116", "if it fails, the deployment is taken back", ROLLOUT_CHECK),
          new Accepted("CKV_AWS_117", "it calls public endpoints only", ROLLOUT_CHECK),
          new Accepted("CKV_AWS_173", "no variable holds a secret", ROLLOUT_CHECK),
          new Accepted(
              "CKV_AWS_258",
              "OpenAI clients can only send a key, which the gateway checks",
              "StreamFunctionUrl"),
          new Accepted(
              "ES1007",
              NEXT_EVENT,
              "ApiFunctionKeepWarmPermission",
              "StreamFunctionKeepWarmPermission",
              "ReconcilerFunctionEveryMinutePermission"),
          new Accepted(
              "ES2000", "calls have lines in the log of their function; see CKV_AWS_95", STAGE),
          new Accepted(
              "ES4000",
              NEXT_EVENT,
              "ApiFunctionKeepWarm",
              "StreamFunctionKeepWarm",
              "ReconcilerFunctionEveryMinute"),
          new Accepted("ES7000", "a mail that is not delivered has nowhere to go", "AlarmMail"),
          new Accepted(
              "WS1000",
              "X-Ray costs 5 USD for a million traces",
              "ApiFunction",
              "StreamFunction",
              "ReconcilerFunction",
              ROLLOUT_CHECK),
          new Accepted(
              "WS1002",
              "the alias is called by the door and, to keep warm, by a schedule",
              "ApiFunctionAliaslive",
              "StreamFunctionAliaslive"),
          new Accepted(
              "WS1004",
              "the function names its log group in LoggingConfig, which the rule does not know",
              "ApiFunction",
              "StreamFunction",
              "ReconcilerFunction",
              ROLLOUT_CHECK));

  private static Path expanded;

  @BeforeAll
  static void expand() throws Exception {
    expanded = Repository.TARGET.resolve("expanded.json");
    var template = SamTranslator.expand(Repository.ROOT.resolve("template.yaml"));
    var decided =
        Decided.of(
            template,
            Map.of(
                "AlarmEmail", "ops@example.com",
                "AwsBudgetUsd", "10",
                "RolloutCheck", "on",
                "LogExportStreamArn", "arn:aws:firehose:eu-west-1:123456789012:deliverystream/l"));
    Files.writeString(expanded, new ObjectMapper().writeValueAsString(decided.root()));
  }

  @Test
  void checkovFindsOnlyWhatIsAccepted() throws Exception {
    var output =
        ExternalTools.run(
            Map.of(),
            ExternalTools.find("checkov/bin/checkov"),
            "--skip-download",
            "--quiet",
            "--soft-fail",
            "-o",
            "json",
            "-f",
            expanded);

    var failed = new TreeSet<String>();
    for (JsonNode check : new ObjectMapper().readTree(output).at("/results/failed_checks")) {
      var resource = check.get("resource").asText().replaceFirst(".*\\.", "");
      failed.add(check.get("check_id").asText() + " " + resource);
    }
    var accepted = skipped();
    accepted.addAll(accepted("CKV.*"));
    assertEquals(accepted, failed);
  }

  @Test
  void awssServerlessRulesFindOnlyWhatIsAccepted() throws Exception {
    var output =
        ExternalTools.run(
            Map.of("AWS_DEFAULT_REGION", "us-east-1"),
            ExternalTools.find("python/bin/cfn-lint"),
            "--append-rules",
            "cfn_lint_serverless.rules",
            "--non-zero-exit-code",
            "none",
            "--format",
            "json",
            "--ignore-checks",
            // Parameters that only conditions used.
            "W2001",
            "--",
            expanded);

    var found = new TreeSet<String>();
    for (JsonNode match : new ObjectMapper().readTree(output)) {
      var path = match.at("/Location/Path");
      found.add(match.at("/Rule/Id").asText() + " " + path.path(1).asText());
    }
    assertEquals(accepted("[EW]S.*"), found);
  }

  private static Set<String> accepted(String begin) {
    return ACCEPTED.stream()
        .flatMap(Accepted::findings)
        .filter(finding -> finding.matches(begin))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The exceptions in the source, each with its resource. */
  private static Set<String> skipped() throws Exception {
    var skipped = new TreeSet<String>();
    var resource = "";
    for (var line : Files.readAllLines(Repository.ROOT.resolve("template.yaml"))) {
      var name = RESOURCE.matcher(line);
      resource = name.matches() ? name.group(1) : resource;
      var skip = SKIP.matcher(line);
      if (skip.find()) {
        skipped.add(skip.group(1) + " " + (resource.equals("HttpApi") ? STAGE : resource));
      }
    }
    return skipped;
  }

  /**
   * A finding that is accepted.
   *
   * @param check the tool's name of the check
   * @param reason why
   * @param resources where it is found
   */
  private record Accepted(String check, String reason, List<String> resources) {
    Accepted(String check, String reason, String... resources) {
      this(check, reason, List.of(resources));
    }

    Stream<String> findings() {
      return resources.stream().map(resource -> check + " " + resource);
    }
  }
}
