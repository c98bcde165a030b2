package dev.chatgate.checks;

import static dev.chatgate.checks.ExampleStack.answerTo;
import static dev.chatgate.checks.ExampleStack.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The example {@code infra/examples/ai-sdk-backend}: its README's commands start it beside the
 * local stack, and a visitor uses it in headless Chromium.
 */
@Tag("outside")
class AiSdkBackendTest {
  private static final String NAME = "ai-sdk-backend";
  private static final String START = "CHATGATE_KEY=cg_demo npm start";
  private static final String STOPPED_CLOCK = "const now = Date.now(); Date.now = () => now;";
  private static final Pattern SECRET = Pattern.compile("ek_[\\w.-]+");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ExampleStack stack;
  private static Example example;
  private static RecordingProxy page;
  private static URI url;
  private static Map<String, String> replacements;

  @BeforeAll
  static void start() throws Exception {
    stack = new ExampleStack(NAME);
    int port = Example.freePort();
    page = stack.opened(new RecordingProxy(port));
    url = URI.create("http://127.0.0.1:" + port);
    replacements =
        Map.of("127.0.0.1:8081", stack.gateway().address(), "127.0.0.1:3001", url.getAuthority());
    example = Example.copy(NAME, replacements);
    stack.prepare(example);
  }

  @AfterAll
  static void stop() throws Exception {
    stack.stop();
  }

  @BeforeEach
  void forget() {
    stack.gateway().forget();
    page.forget();
  }

  @Test
  void anAnswerComesInPiecesAndTheClientSecretIsReused() throws Exception {
    try (var _ = backend(Map.of())) {
      visit("ann");

      var first = stack.ask("Hello");
      var second = stack.ask("And again");

      assertEquals(List.of(answerTo("Hello")), texts(first, "answers"));
      assertTrue(first.path("pieces").asInt() > 2, first::toString);
      assertEquals(List.of(answerTo("Hello"), answerTo("And again")), texts(second, "answers"));
      assertEquals("", second.path("problem").asText());
      assertEquals(1, minted());
      assertDiscreet();
      // So that the search was not in vain.
      assertTrue(page.received().contains("<title>A page with a backend</title>"));
      assertTrue(page.received().contains("/api/chat"));
      assertTrue(page.received().contains("built-in"));
      assertTrue(stack.gateway().received().contains("ek_eyJ"));
    }
  }

  @Test
  void stopKeepsTheTextAndNoMoreComes() throws Exception {
    try (var _ = backend(Map.of("CHATGATE_MODEL", "local/slow"))) {
      visit("ben");

      var stopped = stack.askAndStop("Hello");

      var text = texts(stopped, "answers").getLast();
      assertTrue(answerTo("Hello").startsWith(text), text);
      assertEquals(text, stopped.path("later").asText());
      assertEquals("", stopped.path("problem").asText());
      assertDiscreet();
    }
  }

  @Test
  void aLimitIsShownWithItsTime() throws Exception {
    try (var _ = backend(Map.of())) {
      visit("cleo");
      for (int calls = 0; calls < 3; calls++) {
        assertEquals("", stack.ask("Hello").path("problem").asText());
      }

      var refused = stack.ask("One more");

      var expected = "You have reached your limit\\. It goes on in \\d+ s\\. Request req_\\w+\\.";
      assertTrue(refused.path("problem").asText().matches(expected), refused::toString);
      assertDiscreet();
    }
  }

  @Test
  void anExpiredClientSecretIsReplacedAndTheAnswerComes() throws Exception {
    var lives = new HashMap<>(replacements);
    // The shortest life that a client secret can have.
    lives.put("seconds: 600", "seconds: 10");
    var shortLived = Example.copy(NAME, lives);
    // So that the backend does not replace the client secret in time.
    var clock = Files.writeString(shortLived.folder().resolve("clock.js"), STOPPED_CLOCK);
    try (var _ = backend(shortLived, Map.of("NODE_OPTIONS", "--import=" + clock))) {
      visit("dora");
      assertEquals("", stack.ask("Hello").path("problem").asText());
      awaitExpiry();

      var answered = stack.ask("And again");

      assertEquals(1, stack.gateway().count("\"credential_expired\""));
      assertEquals(2, minted());
      assertEquals(List.of(answerTo("Hello"), answerTo("And again")), texts(answered, "answers"));
      assertEquals("", answered.path("problem").asText());
      assertDiscreet();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "local/cut, emil, The answer broke off\\..*",
    "local/429, fay, The model is busy\\. It goes on in \\d s\\. Request req_\\w+\\.",
    "local/500, gus, Something failed here\\. Request req_\\w+\\."
  })
  void aFailureOfTheProviderIsShown(String model, String person, String problem) throws Exception {
    try (var _ = backend(Map.of("CHATGATE_MODEL", model))) {
      visit(person);

      var failed = stack.ask("Hello");

      assertTrue(failed.path("problem").asText().matches(problem), failed::toString);
      assertTrue(stack.askAgain().path("problem").asText().matches(problem), failed::toString);
      assertDiscreet();
    }
  }

  @Test
  void aStreamThatBreaksOffKeepsItsText() throws Exception {
    try (var _ = backend(Map.of("CHATGATE_MODEL", "local/cut"))) {
      visit("hana");

      var broken = stack.ask("Hello");

      var text = texts(broken, "answers").getLast();
      assertTrue(text.startsWith("This is the built-in upstream"), text);
      assertTrue(text.length() < answerTo("Hello").length(), text);
      assertTrue(texts(broken, "buttons").contains("Ask again"), broken::toString);
    }
  }

  @Test
  void aKeyThatCannotMintIsNotNamedInThePage() throws Exception {
    var command = START.replace("cg_demo", "cg_demo_of_another_stack");
    try (var _ = ShellServer.start(example.folder(), command, Map.of(), url)) {
      visit("ines");

      var failed = stack.ask("Hello");

      assertEquals("Something failed here.", failed.path("problem").asText());
      assertDiscreet();
    }
  }

  @Test
  void aVisitorWhoIsNotSignedInIsRefused() throws Exception {
    try (var server = backend(Map.of());
        var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(url.resolve("/api/chat"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}"))
              .build();

      var refused = http.send(request, HttpResponse.BodyHandlers.ofString());

      assertEquals(401, refused.statusCode());
      assertEquals("Sign in first.", refused.body());
      assertEquals(0, minted(), server.output());
    }
  }

  @Test
  void theReadmeShowsWhatRuns() throws Exception {
    var others = List.of("cd infra/examples/" + NAME, START, install());

    stack.assertReadmeWorks(example, others);

    assertTrue(example.commands().contains(START));
  }

  /** The README's command for a project of one's own installs the versions that are tested. */
  private static String install() throws Exception {
    var pinned = JSON.readTree(Files.readString(example.folder().resolve("package.json")));
    return Stream.of("ai", "@ai-sdk/react", "@ai-sdk/openai-compatible")
        .map(name -> name + "@" + pinned.path("dependencies").path(name).asText())
        .collect(Collectors.joining(" ", "npm install ", ""));
  }

  private static ShellServer backend(Map<String, String> environment) throws Exception {
    return backend(example, environment);
  }

  private static ShellServer backend(Example example, Map<String, String> environment)
      throws Exception {
    return ShellServer.start(example.folder(), START, environment, url);
  }

  private static void visit(String person) throws Exception {
    stack.visit("http://" + page.address() + "/", person);
  }

  private static int minted() {
    return stack.gateway().count("\"object\":\"client_secret\"");
  }

  private static void assertDiscreet() throws Exception {
    stack.assertDiscreet(page.received(), List.of("http://" + page.address()));
  }

  /** Waits until the gateway refuses the client secret that the backend got last. */
  private static void awaitExpiry() throws Exception {
    var secret = SECRET.matcher(stack.gateway().received());
    assertTrue(secret.find());
    var request =
        HttpRequest.newBuilder(URI.create(stack.streamUrl() + "/openai/v1/models"))
            .header("authorization", "Bearer " + secret.group())
            .build();
    var giveUpAt = Instant.now().plusSeconds(60);
    try (var http = HttpClient.newHttpClient()) {
      while (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
        assertTrue(Instant.now().isBefore(giveUpAt), "the client secret does not expire");
        Thread.sleep(Duration.ofMillis(200));
      }
    }
  }
}
