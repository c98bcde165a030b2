package dev.chatgate.cli.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.time.Pause;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The name of the selected deployment, which reports show. */
class DeploymentOptionsTest {
  private static String target(Map<String, String> variables, String... arguments) {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var options =
        new DeploymentOptions(
            new CommandEnvironment(
                variables,
                InputStream.nullInputStream(),
                false,
                nowhere,
                nowhere,
                false,
                Optional::empty,
                InstantSource.system(),
                new Random(1),
                Pause.SLEEP));
    var _ = new CommandLine(options).parseArgs(arguments);
    return options.target();
  }

  @Test
  void theTargetIsWhatTheCommandsUse() {
    var table = Map.of("CHATGATE_TENANTS_TABLE", "prod-tenants", "CHATGATE_STACK", "prod");
    assertEquals("local deployment", target(Map.of("CHATGATE_STACK", "prod"), "--local"));
    assertEquals("stack prod", target(Map.of("CHATGATE_STACK", "prod")));
    assertEquals("stack test", target(table, "--stack", "test"));
    assertEquals("table prod-tenants", target(table));
  }

  @Test
  void theRegionIsNamedIfItIsKnown() {
    var region = Map.of("AWS_REGION", "eu-west-1");
    assertEquals("stack prod in eu-west-1", target(region, "--stack", "prod"));
    assertEquals(
        "stack prod in us-east-2", target(region, "--stack", "prod", "--region", "us-east-2"));
    assertEquals("local deployment", target(region, "--local"));
  }
}
