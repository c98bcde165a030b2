package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The template as the tools see it that deploy it. */
@Tag("outside")
class SamTest {
  private static final Path TEMPLATE = Repository.ROOT.resolve("template.yaml");
  // The region is never called, but SAM does not validate without one.
  private static final Map<String, String> ENVIRONMENT =
      Map.of("SAM_CLI_TELEMETRY", "0", "AWS_DEFAULT_REGION", "us-east-1");

  private final Path sam = Tools.find("python/bin/sam");

  @Test
  void samFindsTheTemplateValid() throws Exception {
    var output = Tools.run(ENVIRONMENT, sam, "validate", "--lint", "--template", TEMPLATE);

    assertTrue(output.contains("is a valid SAM Template"), output);
  }

  @Test
  void cfnLintHasNothingToSay() throws Exception {
    assertEquals("", Tools.run(ENVIRONMENT, Tools.find("python/bin/cfn-lint"), TEMPLATE));
  }

  @Test
  void samBuildsFromThePackages() throws Exception {
    var folder = Repository.TARGET.resolve("aws-sam");

    Tools.run(ENVIRONMENT, sam, "build", "--template", TEMPLATE, "--build-dir", folder);

    var built = Template.read(folder.resolve("template.yaml")).ofType("AWS::Serverless::Function");
    assertEquals(3, built.size());
    for (JsonNode function : built.values()) {
      var code = folder.resolve(function.get("CodeUri").asText());
      assertTrue(Files.exists(code), code.toString());
    }
  }
}
