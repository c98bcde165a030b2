package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.BuiltInUpstream;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The unmodified official OpenAI npm client at both doors of the local stack. */
@Tag("outside")
class OpenAiNpmTest {
  private static LocalStack stack;

  @BeforeAll
  static void start() {
    var settings =
        LocalSettings.from(
            Map.of(
                "CHATGATE_API_PORT", "0",
                "CHATGATE_STREAM_PORT", "0",
                "CHATGATE_AWS_PORT", "0",
                "CHATGATE_RECONCILE_SECONDS", "0"));
    stack = LocalStack.start(settings, Repository.ROOT);
    stack.awaitReady();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void theClientWorksAtTheStreamingDoor() throws Exception {
    assertAllCasesPass(stack.streamUrl());
  }

  @Test
  void theClientWorksAtTheApiDoor() throws Exception {
    assertAllCasesPass(stack.apiUrl());
  }

  private static void assertAllCasesPass(String door) throws Exception {
    var environment =
        Map.of(
            "NODE_PATH",
            ExternalTools.find("npm/node_modules").toString(),
            "CHATGATE_BASE_URL",
            door + "/openai/v1",
            "CHATGATE_KEY",
            "cg_demo",
            "CHATGATE_MODEL",
            BuiltInUpstream.MODELS.getFirst());

    var output = ExternalTools.run(environment, "node", "infra/checks/npm/chat.cjs");

    assertTrue(output.contains("cases pass"), output);
  }
}
