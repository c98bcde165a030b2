package dev.chatgate.checks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;

/** AWS's own SAM transform. */
final class SamTranslator {
  // No call to the region is made, but the transform requires one.
  private static final Map<String, String> ENVIRONMENT = Map.of("AWS_DEFAULT_REGION", "us-east-1");

  private SamTranslator() {}

  /** The template that CloudFormation receives: without SAM's resources, still with conditions. */
  static Template expand(Path template) throws Exception {
    var script = Repository.ROOT.resolve("infra/checks/python/translate.py");
    var python = ExternalTools.find("python/bin/python");
    var output = ExternalTools.run(ENVIRONMENT, python, script, template);
    return new Template(new ObjectMapper().readTree(output));
  }
}
