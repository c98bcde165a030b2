package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * What an example runs with: the local stack with its own tenants and its offline provider, as
 * {@code mvn -Plocal} starts it, but on free ports and without a cache; and a browser.
 */
final class ExampleStack {
  private static final String CLI = "infra/cli/chatgate ";
  private static final String LOCAL = " --local";

  /** What {@code LocalStack} and {@code .ci/tools} stand for in a README. */
  private static final List<String> DONE = List.of("mvn -q -Plocal", "npm ci");

  /** The demo tenant's key, the provider's, and how each client secret begins. */
  private static final List<String> SECRETS = List.of("cg_demo", "local-upstream-key", "ek_eyJ");

  /** The model {@code local/slow} sends a token each 200 ms. */
  private static final int MILLIS_WITHOUT_MORE = 1_000;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final LocalStack stack;
  private final RecordingProxy gateway;
  private final Chromium browser;
  private final String visitor;

  /**
   * @param name the folder of the example
   */
  ExampleStack(String name) throws IOException, InterruptedException {
    this.stack = opened(LocalStack.start(settings(), Repository.ROOT, Pacing.REALISTIC, l -> {}));
    stack.awaitReady();
    this.gateway = opened(new RecordingProxy(URI.create(stack.streamUrl()).getPort()));
    this.browser = opened(Chromium.start(Repository.TARGET.resolve(name)));
    this.visitor = Files.readString(Repository.ROOT.resolve("infra/checks/browser/visitor.js"));
  }

  private static LocalSettings settings() {
    return LocalSettings.from(
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_CACHE_SECONDS", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "2"));
  }

  /** The streaming door's URL, without a path. */
  String streamUrl() {
    return stack.streamUrl();
  }

  /** The streaming door, for the example; what it sends is recorded. */
  RecordingProxy gateway() {
    return gateway;
  }

  /** Closes a resource when this stack is stopped. */
  <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  /** What the offline provider answers. */
  static String answerTo(String question) {
    return ("This is the built-in upstream, which answers offline. You said \"%s\" and a real model"
            + " would now say something clever about it.")
        .formatted(question);
  }

  /** A list of what a visitor has seen. */
  static List<String> texts(JsonNode seen, String name) {
    var texts = new ArrayList<String>();
    seen.path(name).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** Runs a command of the command line in the root of the checkout. */
  void chatgate(String command) throws IOException, InterruptedException {
    assertTrue(command.startsWith(CLI) && command.endsWith(LOCAL), command);
    var port = Integer.toString(URI.create(stack.awsUrl()).getPort());
    var _ = ExternalTools.run(Map.of("CHATGATE_AWS_PORT", port), "bash", "-c", command);
  }

  /** Runs the README's commands for this machine. */
  void prepare(Example example) throws IOException, InterruptedException {
    for (var command : example.commands()) {
      if (command.startsWith(CLI) && command.endsWith(LOCAL)) {
        chatgate(command);
      }
    }
  }

  /**
   * Asserts that the README quotes code of the example, that its commands for a deployment work,
   * here in the local one, and that all its other commands were run.
   *
   * @param others the commands that the test runs itself
   */
  void assertReadmeWorks(Example example, List<String> others)
      throws IOException, InterruptedException {
    assertTrue(example.code().containsAll(example.quotedCode()), "the README quotes other code");
    for (var command : example.commands()) {
      if (!command.startsWith(CLI)) {
        boolean wasRun = DONE.contains(command) || others.contains(command);
        assertTrue(wasRun, () -> "nothing runs " + command);
      } else if (!command.endsWith(LOCAL)) {
        chatgate(command + LOCAL);
      }
    }
  }

  /** Opens a page and signs in. */
  void visit(String url, String person) throws IOException, InterruptedException {
    browser.open(url);
    var _ = browser.evaluate(visitor);
    var _ = browser.run("signIn", Map.of("name", person));
  }

  /** Asks a question and waits for the end of the answer. */
  JsonNode ask(String question) throws IOException, InterruptedException {
    return browser.run("ask", Map.of("question", question));
  }

  /** Asks again, as soon as the page allows it. */
  JsonNode askAgain() throws IOException, InterruptedException {
    return browser.run("askAgain", Map.of());
  }

  /** Asks a question and presses Stop at the first text. */
  JsonNode askAndStop(String question) throws IOException, InterruptedException {
    return browser.run(
        "askAndStop", Map.of("question", question, "moreAfterMillis", MILLIS_WITHOUT_MORE));
  }

  /** Waits until all calls of a person are settled, which they are after their last byte. */
  void awaitSettled(String person) throws InterruptedException {
    var key = QuotaKey.of(new TenantId("demo"), new EndUser(person));
    var giveUpAt = Instant.now().plusSeconds(20);
    try (var dynamoDb = stack.dynamoDb()) {
      var table = new DynamoQuotaTable(dynamoDb, stack.tables(), Duration.ofSeconds(10));
      while (!table.read(key).entries().isEmpty()) {
        assertTrue(Instant.now().isBefore(giveUpAt), "a call is not settled");
        Thread.sleep(Duration.ofMillis(50));
      }
    }
  }

  /** Asserts that the browser has received no key, and has asked no server but these. */
  void assertDiscreet(String received, List<String> origins)
      throws IOException, InterruptedException {
    for (var secret : SECRETS) {
      assertFalse(received.contains(secret), () -> "the page received " + secret);
    }
    var page = browser.run("look", Map.of());
    for (var origin : page.path("origins")) {
      assertTrue(origins.contains(origin.asText()), origin::asText);
    }
    assertEquals(0, page.path("unlabelled").asInt(), "inputs without a label");
  }

  /** Ends all of it, in reverse order of the start. */
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
