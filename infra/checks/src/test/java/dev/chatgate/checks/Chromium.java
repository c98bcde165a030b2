package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium, controlled by the W3C WebDriver protocol through the {@code chromedriver} on
 * the PATH. It can only connect to 127.0.0.1.
 */
final class Chromium implements AutoCloseable {
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keys for {@link #type} (WebDriver, "Keyboard actions"). */
  static final String TAB = "\uE004";

  static final String ENTER = "\uE007";
  static final String ESCAPE = "\uE00C";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String session;

  private Chromium(Process driver, int port, Path folder) throws IOException, InterruptedException {
    this.driver = driver;
    var sessions = "http://127.0.0.1:" + port + "/session";
    var capabilities = Map.of("alwaysMatch", capabilities(folder));
    var opened = call("POST", sessions, Map.of("capabilities", capabilities));
    this.session = sessions + "/" + opened.path("sessionId").asText();
    call("POST", session + "/timeouts", Map.of("script", PATIENCE.toMillis()));
  }

  /**
   * Starts a browser.
   *
   * @param folder a new folder for its profile and all other files
   */
  static Chromium start(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var builder =
        new ProcessBuilder(ExternalTools.onPath("chromedriver").toString(), "--port=0")
            .redirectErrorStream(true);
    builder.environment().put("TMPDIR", folder.toString());
    var driver = builder.start();
    try {
      return new Chromium(driver, port(driver.inputReader()), folder);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      end(driver);
      throw e;
    }
  }

  /** Opens a page and waits until it and its scripts are loaded. */
  void open(String url) throws IOException, InterruptedException {
    call("POST", session + "/url", Map.of("url", url));
  }

  /**
   * Runs one of the page's {@code cases} and waits for its result.
   *
   * @param name the name of the case
   * @param argument its argument
   */
  JsonNode run(String name, Map<String, ?> argument) throws IOException, InterruptedException {
    var script =
        """
        const [name, argument, done] = arguments;
        cases[name](argument).then((told) => done({ told }), (error) => done({ failed: String(error) }));
        """;
    var outcome =
        call(
            "POST",
            session + "/execute/async",
            Map.of("script", script, "args", List.of(name, argument)));
    assertEquals("", outcome.path("failed").asText(), name);
    return outcome.path("told");
  }

  /**
   * Sets the window's size and colour scheme.
   *
   * @param width the window's inner width in pixels
   * @param height the window's inner height in pixels
   * @param scheme the preferred colour scheme, {@code light} or {@code dark}
   */
  void show(int width, int height, String scheme) throws IOException, InterruptedException {
    devTools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
    devTools(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            "",
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Shows pages as they are printed, until the next call of {@link #show}. */
  void showPrinted() throws IOException, InterruptedException {
    devTools("Emulation.setEmulatedMedia", Map.of("media", "print"));
  }

  private JsonNode devTools(String command, Map<String, ?> parameters)
      throws IOException, InterruptedException {
    return call(
        "POST", session + "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  /** Presses and releases the keys of a text, one after the other. */
  void type(String text) throws IOException, InterruptedException {
    var actions =
        text.codePoints()
            .mapToObj(Character::toString)
            .flatMap(key ->
                Stream.of(
                    Map.of("type", "keyDown", "value", key), Map.of("type", "keyUp", "value", key)))
            .toList();
    var keyboard = Map.of("type", "key", "id", "keyboard", "actions", actions);
    call("POST", session + "/actions", Map.of("actions", List.of(keyboard)));
  }

  /** The role and the name of each element that assistive technology sees. */
  Set<String> accessibleNames() throws IOException, InterruptedException {
    var names = new TreeSet<String>();
    devTools("Accessibility.getFullAXTree", Map.of())
        .path("nodes")
        .forEach(node ->
            names.add(
                node.at("/role/value").asText() + " " + node.at("/name/value").asText().strip()));
    return names;
  }

  /**
   * Runs a script in the page and waits for the promise that is its last expression.
   *
   * @param script statements, the last of which is an expression
   */
  JsonNode await(String script) throws IOException, InterruptedException {
    var outcome =
        devTools(
            "Runtime.evaluate",
            Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
    assertEquals("", outcome.at("/exceptionDetails/exception/description").asText());
    return outcome.at("/result/value");
  }

  /** Runs a script in the page and returns its result. */
  JsonNode evaluate(String script) throws IOException, InterruptedException {
    return call("POST", session + "/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** A screenshot of the whole page as PNG. */
  byte[] screenshot() throws IOException, InterruptedException {
    var told = devTools("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
    return Base64.getDecoder().decode(told.path("data").asText());
  }

  /** The browser's console messages since the last call. */
  List<String> console() throws IOException, InterruptedException {
    var said = new ArrayList<String>();
    call("POST", session + "/se/log", Map.of("type", "browser"))
        .forEach(line -> said.add(line.path("message").asText()));
    return said;
  }

  /** Kills the browser and all its processes. */
  @Override
  public void close() {
    end(driver);
    http.shutdownNow();
  }

  private static Map<String, Object> capabilities(Path folder) {
    var arguments =
        List.of(
            "--headless=new",
            // As root, which is usual in CI, Chromium starts only without its sandbox.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--user-data-dir=" + folder.resolve("profile"));
    var binary = ExternalTools.onPath("chromium").toString();
    return Map.of(
        "goog:chromeOptions",
        Map.of("binary", binary, "args", arguments),
        "goog:loggingPrefs",
        Map.of("browser", "ALL"));
  }

  private static int port(BufferedReader output) throws IOException {
    var said = new ArrayList<String>();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      said.add(line);
      var started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
    }
    throw new IOException("chromedriver did not start: " + said);
  }

  private JsonNode call(String method, String url, Map<String, ?> body)
      throws IOException, InterruptedException {
    var publisher = HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
    var request =
        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).method(method, publisher).build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body()).path("value");
  }

  private static void end(Process driver) {
    var all = new ArrayList<>(driver.descendants().toList());
    all.add(driver.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }
}
