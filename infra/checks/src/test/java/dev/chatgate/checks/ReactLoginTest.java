package dev.chatgate.checks;

import static dev.chatgate.checks.ExampleStack.answerTo;
import static dev.chatgate.checks.ExampleStack.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The example {@code infra/examples/react-login}: its README's commands start it beside the local
 * stack, and a visitor uses it in headless Chromium.
 */
@Tag("outside")
class ReactLoginTest {
  private static final String NAME = "react-login";

  private static ExampleStack stack;
  private static Example example;
  private static RecordingProxy page;
  private static String issuer;

  @BeforeAll
  static void start() throws Exception {
    stack = new ExampleStack(NAME);
    int pagePort = Example.freePort();
    page = stack.opened(new RecordingProxy(pagePort));
    issuer = "127.0.0.1:" + Example.freePort();
    example =
        Example.copy(
            NAME,
            Map.of(
                "127.0.0.1:8081",
                stack.gateway().address(),
                "127.0.0.1:9000",
                issuer,
                "127.0.0.1:3000",
                "127.0.0.1:" + pagePort));
    serve("npm run issuer", issuer);
    serve("npm start", "127.0.0.1:" + pagePort);
    stack.prepare(example);
  }

  private static void serve(String command, String address) throws Exception {
    var url = URI.create("http://" + address);
    var _ = stack.opened(ShellServer.start(example.folder(), command, Map.of(), url));
  }

  @AfterAll
  static void stop() throws Exception {
    stack.stop();
  }

  @BeforeEach
  void forget() {
    stack.gateway().forget();
  }

  @AfterEach
  void thePageReceivedNoKeyAndAskedNobodyElse() throws Exception {
    var origins =
        List.of(origin(page.address()), origin(stack.gateway().address()), origin(issuer));
    stack.assertDiscreet(page.received() + stack.gateway().received(), origins);
    // So that the search above is not in vain.
    assertTrue(page.received().contains("<title>A page with a login</title>"));
    assertTrue(page.received().contains("dangerouslyAllowBrowser"));
  }

  @Test
  void anAnswerComesInPiecesAndTheConversationGoesOn() throws Exception {
    visit("local/chat", "ann");

    var first = stack.ask("Hello");
    var second = stack.ask("And again");

    assertEquals(List.of(answerTo("Hello")), texts(first, "answers"));
    assertTrue(first.path("pieces").asInt() > 2, first::toString);
    assertTrue(stack.gateway().received().contains("built-in"), "nothing was recorded");
    assertEquals(List.of("Hello", "And again"), texts(second, "questions"));
    assertEquals(List.of(answerTo("Hello"), answerTo("And again")), texts(second, "answers"));
    assertEquals("", second.path("problem").asText());
  }

  @Test
  void stopKeepsTheTextAndNoMoreComes() throws Exception {
    visit("local/slow", "ben");

    var stopped = stack.askAndStop("Hello");

    var text = texts(stopped, "answers").getLast();
    assertTrue(answerTo("Hello").startsWith(text), text);
    assertEquals(text, stopped.path("later").asText());
    assertEquals("", stopped.path("problem").asText());
    assertTrue(texts(stopped, "buttons").contains("Ask"), stopped::toString);
  }

  @Test
  void aLimitIsShownWithItsTimeAndThenTheAnswerComes() throws Exception {
    visit("local/chat", "cleo");
    for (int calls = 0; calls < 3; calls++) {
      assertEquals("", stack.ask("Hello").path("problem").asText());
    }

    var refused = stack.ask("One more");

    assertEquals("You have reached your limit.", refused.path("problem").asText());
    assertTrue(
        refused.path("timer").asText().matches("It goes on in \\d+ s\\."), refused::toString);
    assertFalse(texts(refused, "buttons").contains("Ask again"), refused::toString);
    assertRequest(refused);
    var answered = stack.askAgain();
    assertEquals(answerTo("One more"), texts(answered, "answers").getLast());
    assertEquals("", answered.path("problem").asText());
  }

  @Test
  void aWarningIsShown() throws Exception {
    visit("local/long", "dora");

    assertEquals(List.of(), texts(stack.ask("Hello"), "warnings"));
    stack.awaitSettled("dora");
    var warnings = texts(stack.ask("Hello"), "warnings");

    assertEquals(List.of("tokens per day: 12 % used"), warnings);
  }

  @Test
  void anExpiredTokenIsReplacedAndTheAnswerComes() throws Exception {
    visit("local/chat", "late");

    var answered = stack.ask("Hello");

    assertEquals(1, stack.gateway().count("\"credential_expired\""));
    assertEquals(List.of(answerTo("Hello")), texts(answered, "answers"));
    assertEquals("", answered.path("problem").asText());
  }

  @Test
  void aStreamThatBreaksOffKeepsItsText() throws Exception {
    visit("local/cut", "emil");

    var broken = stack.ask("Hello");

    var text = texts(broken, "answers").getLast();
    assertTrue(text.startsWith("This is the built-in upstream"), text);
    assertTrue(text.length() < answerTo("Hello").length(), text);
    assertEquals("The answer broke off.", broken.path("problem").asText());
    assertRequest(broken);
    assertEquals("The answer broke off.", stack.askAgain().path("problem").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "local/429, fay, The model is busy., It goes on in [12] s\\.",
    "local/500, gus, The model or the gateway failed., ''"
  })
  void aFailureOfTheProviderIsShown(String model, String person, String problem, String timer)
      throws Exception {
    visit(model, person);

    var failed = stack.ask("Hello");

    assertEquals(problem, failed.path("problem").asText());
    assertTrue(failed.path("timer").asText().matches(timer), failed::toString);
    assertRequest(failed);
    assertEquals(problem, stack.askAgain().path("problem").asText());
  }

  @Test
  void aBlockedPersonIsTold() throws Exception {
    var command = "infra/cli/chatgate user block demo ada --local";
    assertTrue(example.readme().contains(command));
    stack.chatgate(command);
    visit("local/chat", "ada");

    var blocked = stack.ask("Hello");

    assertEquals("You may not use this app any more.", blocked.path("problem").asText());
    assertFalse(texts(blocked, "buttons").contains("Ask again"), blocked::toString);
    assertRequest(blocked);
  }

  @Test
  void theReadmeShowsWhatRuns() throws Exception {
    visit("local/chat", "hana");

    var others = List.of("cd infra/examples/" + NAME, "npm run issuer", "npm start");
    stack.assertReadmeWorks(example, others);
    assertFalse(example.quotedCode().isEmpty());
  }

  private static void visit(String model, String person) throws Exception {
    stack.visit(origin(page.address()) + "/?model=" + model, person);
  }

  private static String origin(String address) {
    return "http://" + address;
  }

  private static void assertRequest(JsonNode seen) {
    assertTrue(seen.path("request").asText().matches("Request req_\\w+"), seen::toString);
  }
}
