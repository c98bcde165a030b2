package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.testkit.Received;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gateway's own page in headless Chromium at the streaming door of the local stack, used by its
 * fields and buttons. The deployment allows another origin only, so that the page depends on its
 * own host being allowed. The screenshots are in the target folder.
 */
@Tag("outside")
class PlaygroundTest {
  private static final Path FOLDER = Repository.TARGET.resolve("playground");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "cg_playground_server";
  private static final String TINY_KEY = "cg_playground_tiny";
  private static final String PERSONS_KEY = "cg_playground_persons";
  private static final String MARKUP_KEY = "cg_playground_markup";
  private static final String MINT_ONLY_KEY = "cg_playground_mint";
  private static final Path CASES = Repository.ROOT.resolve("infra/checks/browser/playground.js");

  private static final String END =
      """
      data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"id":"1","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,"prompt_tokens_details":{"cached_tokens":400}}}

      data: [DONE]

      """;

  private static final String TOOL_CALL =
      """
      data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"get_weather","arguments":"{\\"pla"}}]}}]}

      data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ce\\":\\"Rome\\"}"}}]},"finish_reason":"tool_calls"}]}

      """;

  /** Texts that would run a script if they were taken for markup. */
  private static final List<String> INJECTIONS =
      List.of(
          "<script>globalThis.hacked = true</script>",
          "<img src=x onerror=globalThis.hacked=true>",
          "\"><svg onload=globalThis.hacked=true>",
          "'-globalThis.hacked=true-'",
          "</textarea></pre></style></script><script>globalThis.hacked=true</script>",
          "<a href=\"javascript:globalThis.hacked=true\">x</a>",
          "`<iframe srcdoc='<script>parent.hacked=true</script>'>`",
          "**<img src=x onerror=globalThis.hacked=true>**",
          "```\n</code></pre><img src=x onerror=globalThis.hacked=true>\n```",
          "${globalThis.hacked=true}",
          "<base href=//evil.example><marquee onstart=globalThis.hacked=true>");

  private static ScriptedProvider provider;
  private static NodeServer issuer;
  private static LocalStack stack;
  private static Chromium browser;

  private volatile ScriptedProvider.Script chat = wire -> {};

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(FOLDER);
    provider = new ScriptedProvider();
    issuer = NodeServer.start(ExternalTools.nodePath(), "infra/checks/npm/issuer.cjs", "127.0.0.1");
    stack = stack();
    stack.awaitReady();
    browser = Chromium.start(FOLDER.resolve("chromium"));
  }

  private static LocalStack stack() throws IOException {
    var tenants = Files.writeString(FOLDER.resolve("tenants.json"), tenants());
    var prices =
        Files.writeString(
            FOLDER.resolve("prices.json"),
            """
            [{"model":"provider/model","from":"2026-01-01","prompt_usd_per_million":10,
              "cached_usd_per_million":1,"completion_usd_per_million":30}]
            """);
    var settings = new HashMap<String, String>();
    settings.put("CHATGATE_API_PORT", "0");
    settings.put("CHATGATE_STREAM_PORT", "0");
    settings.put("CHATGATE_AWS_PORT", "0");
    settings.put("CHATGATE_RECONCILE_SECONDS", "0");
    settings.put("CHATGATE_INSTANCES", "2");
    settings.put("CHATGATE_CACHE_SECONDS", "0");
    settings.put("CHATGATE_TENANTS", tenants.toString());
    settings.put("CHATGATE_PRICES", prices.toString());
    settings.put("CHATGATE_ALLOWED_ORIGINS", "https://app.example");
    settings.put("UPSTREAM_BASE_URL", provider.url().toString());
    settings.put("UPSTREAM_API_KEY", "sk-provider-0123456789abcdef");
    settings.put("UPSTREAM_RETRIES", "0");
    return LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, line -> {});
  }

  private static String tenants() {
    return """
    [{"id": "server", "keys": [{"name": "k", "secret": "%s"}],
      "quota": {"tokens_per_day": 1000000, "cost_per_month_usd": 50, "requests_per_minute": 1000}},
     {"id": "tiny", "keys": [{"name": "k", "secret": "%s"}], "quota": {"requests_per_minute": 1}},
     {"id": "minting", "keys": [{"name": "k", "secret": "%s", "scopes": ["client_secrets"]}]},
     {"id": "markup", "keys": [{"name": "k", "secret": "%s"}], "model_aliases": %s},
     {"id": "app", "issuers": [{"issuer": "%s", "audiences": ["app"]}]},
     {"id": "persons", "keys": [{"name": "k", "secret": "%s"}],
      "end_user_tiers": {"default": {"requests_per_minute": 50, "tokens_per_day": 2500, "warn_at": [40]}}}]
    """
        .formatted(KEY, TINY_KEY, MINT_ONLY_KEY, MARKUP_KEY, aliases(), issuer.url(), PERSONS_KEY);
  }

  /** Names of models that are markup. */
  private static String aliases() {
    var aliases = JSON.createObjectNode();
    INJECTIONS.forEach(name -> aliases.put(name, "provider/model"));
    return aliases.toString();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable open : new AutoCloseable[] {browser, stack, issuer, provider}) {
      open.close();
    }
  }

  @BeforeEach
  void openThePage() throws Exception {
    provider.instead(this::answer);
    chat = wire -> wire.streamHead().chunk(token("Hello, page.")).chunk(END).endChunks();
    browser.show(1280, 900, "light");
    open();
  }

  private static void open() throws Exception {
    browser.open(stack.streamUrl() + "/");
    browser.evaluate(Files.readString(CASES));
    browser.console();
  }

  private void answer(Wire wire) throws IOException, InterruptedException {
    if (wire.request().path().endsWith("/models")) {
      wire.json(200, "{\"data\":[{\"id\":\"provider/model\"}]}");
    } else {
      chat.play(wire);
    }
  }

  /** Whatever a test did, the page fetched nothing from elsewhere and broke no policy. */
  @AfterEach
  void nothingForeign() throws Exception {
    assertEquals(JSON.createArrayNode(), run("foreign"));
    var complaints =
        browser.console().stream()
            .filter(line -> line.contains("Content Security Policy") || line.contains("Uncaught"))
            .toList();
    assertEquals(List.of(), complaints);
  }

  @Test
  void anAnswerComesPieceByPieceAndShowsWhatItCost() throws Exception {
    signIn(KEY, "");
    var held = new CountDownLatch(1);
    chat =
        wire -> {
          wire.streamHead().chunk(token("Hello"));
          wire.await(held).chunk(token(", page.")).chunk(END).endChunks();
        };

    var begun = run("begin", Map.of("text", "Say hello."));
    held.countDown();
    var whole = run("end");

    assertEquals("Hello", begun.path("text").asText());
    assertTrue(begun.path("stop").asBoolean());
    assertEquals("Hello, page.", whole.path("text").asText());
    var facts = whole.path("facts").toString();
    assertTrue(facts.contains("1,000 + 200 tokens"), facts);
    assertTrue(facts.contains("400 cached"), facts);
    // 600 tokens at $10, 400 at $1 and 200 at $30 a million.
    assertTrue(facts.contains("$0.0124"), facts);
    assertTrue(facts.contains("first token "), facts);
    assertTrue(facts.contains("req_"), facts);
    assertEquals("Bearer sk-provider-0123456789abcdef", last().header("authorization"));
  }

  @Test
  void aKeyIsExchangedAndKeptNowhere() throws Exception {
    var signedIn = signIn(KEY, "");
    run("send", Map.of("text", "Say hello."));
    run("usage");
    run("snippets");

    assertEquals("", signedIn.path("field").asText());
    assertTrue(signedIn.path("left").asText().matches("(9:\\d\\d|10:00) left"), signedIn::toString);
    assertKeptNowhere(KEY);
    assertKeptNowhere("ek_");
  }

  @Test
  void aTokenIsUsedAsItIsAndKeptNowhere() throws Exception {
    var token = login("ann", 3_600);
    var signedIn = signIn(token, "");

    var answered = run("send", Map.of("text", "Say hello."));

    assertEquals("Hello, page.", answered.path("text").asText(), answered::toString);
    assertTrue(
        signedIn.path("left").asText().matches("(59:\\d\\d|60:00) left"), signedIn::toString);
    // A login may not see what the tenant pays.
    assertFalse(answered.path("facts").toString().contains("$"), answered::toString);
    assertKeptNowhere(token);
    RecordedUsers.await(stack, "app", "ann");
  }

  private static void assertKeptNowhere(String secret) throws Exception {
    var kept = run("kept");
    for (var place : List.of("storage", "urls", "page")) {
      // The page's own code names the prefix of client secrets.
      var text = kept.path(place).asText().replaceAll("(?s)<script>.*?</script>", "");
      assertFalse(text.contains(secret), () -> place + " contains " + secret);
    }
    assertEquals("{}{}null", kept.path("storage").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cg_unknown           | Sign in again with a valid credential.
          cg with spaces       | A key or a token has no spaces and no special characters.
          cg_schlüssel         | A key or a token has no spaces and no special characters.
          ey.not.ajwt          | Sign in again with a valid credential.
          """)
  void aCredentialThatIsNoneIsRefusedWithASentence(String credential, String sentence)
      throws Exception {
    var refused = run("signIn", Map.of("credential", credential));
    assertTrue(refused.path("error").asText().endsWith(sentence), refused::toString);
  }

  @Test
  void aKeyThatOnlyMintsIsEnough() throws Exception {
    signIn(MINT_ONLY_KEY, "");
    assertEquals("Hello, page.", run("send", Map.of("text", "Say hello.")).path("text").asText());
    var usage = run("usage");
    assertEquals("", usage.path("days").asText(), usage::toString);
  }

  @Test
  void stoppingKeepsTheTextAndSaysWhatItCosts() throws Exception {
    signIn(KEY, "");
    var held = new CountDownLatch(1);
    chat =
        wire -> {
          wire.streamHead().chunk(token("Hello"));
          wire.await(held).chunk(END).endChunks();
        };
    run("begin", Map.of("text", "Say hello."));

    var stopped = run("stop");
    held.countDown();

    assertEquals("Hello", stopped.path("text").asText());
    assertTrue(stopped.path("notices").toString().contains("charged"), stopped::toString);
    assertEquals("", stopped.path("error").asText());
    chat = wire -> wire.streamHead().chunk(token("Again.")).chunk(END).endChunks();
    assertEquals("Again.", run("send", Map.of("text", "Go on.")).path("text").asText());
    assertTrue(last().text().contains("\"Hello\""), last().text());
  }

  @Test
  void aRefusedLimitNamesItsOwnerAndTheTime() throws Exception {
    signIn(TINY_KEY, "");
    run("send", Map.of("text", "One."));

    var refused = run("send", Map.of("text", "Two."));

    var error = refused.path("error").asText();
    assertTrue(error.contains("A limit of this tenant"), error);
    assertTrue(error.contains("429 · rate_limit_exceeded"), error);
    assertTrue(refused.path("repeat").asText().matches("Ask again in \\d+ s"), refused::toString);
  }

  @Test
  void aPersonSeesItsOwnLimitsAndWarnings() throws Exception {
    signIn(PERSONS_KEY, "zoe");
    run("send", Map.of("text", "One."));
    // A streamed call is settled after its last byte.
    RecordedUsers.await(stack, "persons", "zoe");

    var second = run("send", Map.of("text", "Two."));
    var usage = run("usage");
    run("back");
    var third = run("send", Map.of("text", "Three."));

    assertTrue(second.path("notices").toString().contains("% of the limit"), second::toString);
    assertEquals("Limits of this person", usage.path("title").asText());
    assertTrue(usage.path("limits").toString().contains("tokens per day"), usage::toString);
    assertTrue(third.path("error").asText().contains("A limit of this person"), third::toString);
    assertTrue(third.path("error").asText().contains("insufficient_quota"), third::toString);
  }

  @Test
  void aProvidersErrorIsTheProvidersAndMayBeRepeated() throws Exception {
    signIn(KEY, "");
    chat = wire -> wire.json(500, "{\"error\":{\"message\":\"oops\"}}");
    var failed = run("send", Map.of("text", "Say hello."));
    chat = wire -> wire.streamHead().chunk(token("Hello, page.")).chunk(END).endChunks();

    var repeated = run("askAgain");

    assertTrue(failed.path("error").asText().contains("The provider failed"), failed::toString);
    assertTrue(failed.path("error").asText().contains("upstream_error"), failed::toString);
    assertTrue(failed.path("facts").toString().contains("req_"), failed::toString);
    assertEquals("Hello, page.", repeated.path("text").asText());
    assertEquals(2, repeated.path("turns").asInt(), "the question, and one answer");
  }

  @Test
  void aCutAnswerKeepsItsText() throws Exception {
    signIn(KEY, "");
    chat = wire -> wire.streamHead().chunk(token("Hello")).close();

    var cut = run("send", Map.of("text", "Say hello."));

    assertEquals("Hello", cut.path("text").asText());
    assertTrue(cut.path("error").asText().contains("upstream_incomplete"), cut::toString);
    assertEquals("Ask again", cut.path("repeat").asText());
  }

  @Test
  void aCalledToolGetsItsResult() throws Exception {
    signIn(KEY, "");
    chat = wire -> wire.streamHead().chunk(TOOL_CALL).chunk(END).endChunks();
    var called = run("send", Map.of("text", "Weather?"));
    chat = wire -> wire.streamHead().chunk(token("18 degrees.")).chunk(END).endChunks();

    var answered = run("sendToolResult", Map.of("result", "{\"celsius\": 18}"));

    assertTrue(called.path("tools").toString().contains("get_weather"), called::toString);
    assertTrue(called.path("tools").toString().contains("Rome"), called::toString);
    assertEquals("18 degrees.", answered.path("text").asText());
    var sent = JSON.readTree(last().text()).path("messages");
    assertEquals("call_7", sent.get(1).at("/tool_calls/0/id").asText());
    assertEquals(
        "{\"place\":\"Rome\"}", sent.get(1).at("/tool_calls/0/function/arguments").asText());
    assertEquals("call_7", sent.get(2).path("tool_call_id").asText());
    assertEquals("{\"celsius\": 18}", sent.get(2).path("content").asText());
  }

  @Test
  void aMessageAfterAToolCallCarriesTheResultToo() throws Exception {
    signIn(KEY, "");
    chat = wire -> wire.streamHead().chunk(TOOL_CALL).chunk(END).endChunks();
    run("send", Map.of("text", "Weather?"));

    run("send", Map.of("text", "Never mind."));

    var roles = new ArrayList<String>();
    JSON.readTree(last().text())
        .path("messages")
        .forEach(message -> roles.add(message.path("role").asText()));
    assertEquals(List.of("user", "assistant", "tool", "user"), roles);
  }

  @Test
  void reasoningIsShownApart() throws Exception {
    signIn(KEY, "");
    chat =
        wire ->
            wire.streamHead()
                .chunk(delta("reasoning_content", "Let me think."))
                .chunk(token("Done."))
                .chunk(END)
                .endChunks();

    var answered = run("send", Map.of("text", "Think."));

    assertEquals("Let me think.", answered.path("reasoning").asText());
    assertEquals("Done.", answered.path("text").asText());
  }

  @Test
  void aSessionEndsInTimeAndTheConversationGoesOn() throws Exception {
    signIn(mint("{\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":10}}"), "");
    run("send", Map.of("text", "One."));

    var ended = run("sessionEnds");
    signIn(KEY, "");
    var second = run("send", Map.of("text", "Two."));

    assertTrue(ended.path("text").asText().startsWith("Your session has ended."), ended::toString);
    assertEquals("credential", ended.path("focus").asText());
    assertEquals(2, ended.path("turns").asInt());
    assertEquals(4, second.path("turns").asInt());
    assertTrue(last().text().contains("One."), last().text());
  }

  @Test
  void anExpiredCredentialIsRenewedAndTheMessageIsSentOnceMore() throws Exception {
    signIn(mint("{\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":10}}"), "");
    run("stopClock");
    Thread.sleep(Duration.ofSeconds(11));
    run("send", Map.of("text", "One."));
    var ended = run("sessionEnds");

    signIn(KEY, "");
    var answered = run("end");

    assertTrue(ended.path("text").asText().contains("sent once more"), ended::toString);
    assertEquals("Hello, page.", answered.path("text").asText());
    assertEquals(2, answered.path("turns").asInt());
  }

  @Test
  void reloadingForgetsTheCredential() throws Exception {
    signIn(KEY, "");
    run("send", Map.of("text", "One."));

    open();

    var look = browser.evaluate("return document.getElementById('session').hidden");
    assertTrue(look.asBoolean());
    assertEquals(
        "", browser.evaluate("return document.getElementById('credential').value").asText());
    assertKeptNowhere(KEY);
  }

  @Test
  void backLeadsToTheViewBefore() throws Exception {
    signIn(KEY, "");
    run("send", Map.of("text", "One."));
    var usage = run("usage");

    var back = run("back");

    assertTrue(usage.path("days").asText().contains("By day"), usage::toString);
    assertTrue(usage.path("limits").toString().contains("cost per month"), usage::toString);
    assertEquals(2, back.path("turns").asInt());
    assertTrue(back.path("title").asText().startsWith("Try"), back::toString);
  }

  @Test
  void signingOutForgetsTheConversation() throws Exception {
    signIn(KEY, "");
    run("send", Map.of("text", "One."));
    var out = run("signOut");
    assertEquals(0, out.path("turns").asInt());
    assertTrue(out.path("signIn").asBoolean());
  }

  @Test
  void theCodeToCopyIsFilledInWithWhatWasSent() throws Exception {
    signIn(KEY, "");
    run("send", Map.of("text", "It's \"quoted\" \\ $HOME `x`", "maxTokens", 77));

    var code = run("snippets");

    for (var language : List.of("curl", "openai (npm)", "Python")) {
      var text = code.path(language).asText();
      assertTrue(text.contains(stack.streamUrl() + "/openai/v1"), text);
      assertTrue(text.contains("77"), text);
      assertTrue(text.contains("provider/model"), text);
      assertTrue(text.contains("It's \\\"quoted\\\" \\\\ $HOME `x`"), text);
    }
    assertTrue(code.path("useChat (AI SDK)").asText().contains("useChat()"), code::toString);
    curl(code.path("curl").asText());
    node(code.path("openai (npm)").asText());
  }

  /** The shell that a person pastes into sends exactly the message. */
  private void curl(String snippet) throws Exception {
    var out = ExternalTools.run(Map.of("CHATGATE_KEY", KEY), "bash", "-c", snippet);
    assertTrue(out.contains("Hello, page."), out);
    assertTrue(last().text().contains("It's \\\"quoted\\\" \\\\ $HOME `x`"), last().text());
  }

  private void node(String snippet) throws Exception {
    var environment = new HashMap<>(ExternalTools.nodePath());
    environment.put("CHATGATE_KEY", KEY);
    var script =
        "const load = require('openai'); (async () => {"
            + snippet.replace("import OpenAI from 'openai';", "const OpenAI = load.default;")
            + "})();";
    assertEquals("Hello, page.", ExternalTools.run(environment, "node", "-e", script).strip());
    assertTrue(last().text().contains("It's \\\"quoted\\\" \\\\ $HOME `x`"), last().text());
  }

  @Test
  void theKeyboardAloneIsEnough() throws Exception {
    assertEquals("credential", focus());
    browser.type(KEY);
    browser.type(Chromium.TAB);
    // On this machine, the demo keys are offered between the two fields.
    while (!focus().equals("user")) {
      browser.type(Chromium.TAB);
    }
    browser.type(Chromium.TAB);
    assertEquals("sign-in-button", focus());
    browser.type(Chromium.ENTER);
    awaitFocus("prompt");
    browser.type("Say hello." + Chromium.ENTER);
    run("end");
    assertEquals("Hello, page.", run("look").path("text").asText());
    assertEquals("prompt", focus());

    var held = new CountDownLatch(1);
    chat =
        wire -> {
          wire.streamHead().chunk(token("Hello")).await(held);
        };
    browser.type("Once more." + Chromium.ENTER);
    awaitText("Hello");
    browser.type(Chromium.ESCAPE);
    var stopped = run("end");
    held.countDown();
    assertTrue(stopped.path("notices").toString().contains("Stopped"), stopped::toString);
  }

  private static String focus() throws Exception {
    return browser.evaluate("return document.activeElement.id").asText();
  }

  private static void awaitFocus(String id) throws Exception {
    long giveUpAt = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!focus().equals(id)) {
      assertTrue(System.nanoTime() < giveUpAt, () -> "no focus on " + id);
    }
  }

  private static void awaitText(String text) throws Exception {
    long giveUpAt = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!run("look").path("text").asText().equals(text)) {
      assertTrue(System.nanoTime() < giveUpAt, () -> "no answer with " + text);
    }
  }

  @Test
  void screenReadersHaveNames() throws Exception {
    signIn(KEY, "");
    run("send", Map.of("text", "One."));
    var names = browser.accessibleNames();
    for (var name :
        List.of(
            "textbox Message",
            "button Send",
            "combobox Model",
            "spinbutton Max tokens",
            "log Conversation",
            "link Usage",
            "article Answer",
            "group Language")) {
      assertTrue(names.contains(name), () -> name + " is not among " + names);
    }
  }

  @ParameterizedTest
  @CsvSource({"light", "dark"})
  void axeFindsNothing(String scheme) throws Exception {
    browser.show(1280, 900, scheme);
    assertAxeFindsNothing("signing in");
    run("signIn", Map.of("credential", "cg_unknown"));
    assertAxeFindsNothing("a refused key");
    signIn(KEY, "");
    chat = wire -> wire.streamHead().chunk(TOOL_CALL).chunk(END).endChunks();
    run("send", Map.of("text", "Weather?"));
    chat =
        wire ->
            wire.streamHead()
                .chunk(delta("reasoning_content", "Hm."))
                .chunk(token("`a` **b**\n```\ncode\n```"))
                .close();
    run("send", Map.of("text", "Break."));
    assertAxeFindsNothing("a conversation");
    run("usage");
    assertAxeFindsNothing("usage");
  }

  private static void assertAxeFindsNothing(String where) throws Exception {
    var axe = Files.readString(ExternalTools.find("npm/node_modules/axe-core/axe.min.js"));
    var found =
        browser.await(
            axe
                + """
                ;axe.run(document).then(({ violations }) =>
                    violations.map(({ id, nodes }) => id + ': ' + nodes.map((one) => one.html).join(' ')))
                """);
    assertEquals(JSON.createArrayNode(), found, where);
  }

  @Test
  void textsAreNeverMarkup() throws Exception {
    var all = String.join("\n", INJECTIONS);
    var signedIn = signIn(MARKUP_KEY, "\"><img/src=x/onerror=hacked=true>");
    assertEquals(INJECTIONS.size() + 1, signedIn.path("models").size(), signedIn::toString);

    chat =
        wire ->
            wire.streamHead()
                .chunk(delta("reasoning_content", all))
                .chunk(token(all))
                .chunk(
                    TOOL_CALL.replace(
                        "get_weather", JSON.writeValueAsString(all).replaceAll("^\"|\"$", "")))
                .chunk(END)
                .endChunks();
    var answered = run("send", Map.of("text", all, "model", INJECTIONS.get(1)));
    chat =
        wire ->
            wire.json(
                400,
                JSON.writeValueAsString(
                    Map.of(
                        "error", Map.of("message", all, "type", all, "code", all, "param", all))));
    var refused = run("send", Map.of("text", all, "model", INJECTIONS.get(2)));
    run("snippets");
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    run("usage");

    assertTrue(answered.path("text").asText().contains("<script>globalThis"), answered::toString);
    assertTrue(refused.path("error").asText().contains("<script>globalThis"), refused::toString);
    var injected = run("injected");
    assertEquals(0, injected.path("elements").asInt());
    assertEquals(0, injected.path("handlers").asInt());
    assertFalse(injected.path("ran").asBoolean());
  }

  @ParameterizedTest
  @CsvSource({"320, light", "320, dark", "390, light", "390, dark", "1280, light", "1280, dark"})
  void everythingFitsAndIsPhotographed(int width, String scheme) throws Exception {
    browser.show(width, 844, scheme);
    photograph("sign-in", width, scheme);
    signIn(KEY, "");
    run("send", Map.of("text", "What can you do?"));
    chat = wire -> wire.streamHead().chunk(TOOL_CALL).chunk(END).endChunks();
    run("send", Map.of("text", "What is the weather in Rome?"));
    photograph("tool", width, scheme);
    chat = wire -> wire.streamHead().chunk(token(LONG)).chunk(END).endChunks();
    run("send", Map.of("text", "Tell me something long."));
    photograph("long", width, scheme);
    chat = wire -> wire.streamHead().chunk(token("It breaks here")).close();
    run("send", Map.of("text", "Break."));
    photograph("error", width, scheme);
    run("usage");
    photograph("usage", width, scheme);
    open();
    chat = wire -> wire.streamHead().chunk(token("Hello, page.")).chunk(END).endChunks();
    signIn(PERSONS_KEY, "p" + width + scheme);
    for (int call = 0; call < 3; call++) {
      run("send", Map.of("text", "Once more.", "maxTokens", 50));
    }
    photograph("limit", width, scheme);
  }

  private static final String LONG =
      ("A paragraph with `code` and **strong words** that is long enough to need several lines. "
                      .repeat(4)
                  + "\n\n```js\nconst client = new OpenAI({ baseURL: 'https://example.lambda-url.us-east-1.on.aws/openai/v1' });\n```\n\n")
              .repeat(4)
          + "Averylongwordwithoutanyplacetobreakit".repeat(8);

  private static void photograph(String name, int width, String scheme) throws Exception {
    var layout = run("layout");
    Files.write(FOLDER.resolve(name + "-" + width + "-" + scheme + ".png"), browser.screenshot());
    assertEquals(width, layout.path("wide").asInt(), name);
    assertEquals(width, layout.path("scrolls").asInt(), () -> name + " scrolls to the side");
    assertEquals(JSON.createArrayNode(), layout.path("out"), name);
  }

  private static JsonNode signIn(String credential, String user) throws Exception {
    var result = run("signIn", Map.of("credential", credential, "user", user));
    assertEquals("", result.path("error").asText());
    return result;
  }

  private static JsonNode run(String name) throws Exception {
    return run(name, Map.of());
  }

  private static JsonNode run(String name, Map<String, ?> argument) throws Exception {
    return browser.run(name, argument);
  }

  private static Received last() {
    return provider.requests().getLast();
  }

  private static String token(String text) throws IOException {
    return delta("content", text);
  }

  private static String delta(String member, String text) throws IOException {
    return "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"%s\":%s}}]}\n\n"
        .formatted(member, JSON.writeValueAsString(text));
  }

  private static String mint(String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(stack.streamUrl() + "/openai/v1/client_secrets"))
            .header("authorization", "Bearer " + KEY)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(send(request)).path("value").asText();
  }

  private static String login(String user, int lifetime) throws Exception {
    var form =
        "grant_type=password&client_id=app&username=%s&lifetime=%d".formatted(user, lifetime);
    var request =
        HttpRequest.newBuilder(URI.create(issuer.url() + "/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    return JSON.readTree(send(request)).path("id_token").asText();
  }

  private static String send(HttpRequest request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      return answer.body();
    }
  }
}
