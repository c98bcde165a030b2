package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page of {@code chatgate usage report --html}, as stored in the command line's transcript, in
 * a real browser: with the width of a screen and of a phone, in light and in dark mode. The
 * screenshots are in the target folder.
 */
@Tag("outside")
class UsagePageTest {
  private static final Path FOLDER = Repository.TARGET.resolve("usage-page");
  private static final Path PAGE =
      Repository.ROOT.resolve("infra/cli/src/test/resources/dev/chatgate/cli/usage.html");

  /**
   * A script that returns the page's width, elements that overflow it, texts, and fetched
   * resources.
   */
  private static final String LOOK =
      """
      document.querySelectorAll('details').forEach((hidden) => { hidden.open = true; });
      const wide = document.documentElement.clientWidth;
      const out = [...document.body.querySelectorAll('*')]
          .filter((element) => element.getBoundingClientRect().right > wide + 0.5)
          .map((element) => element.tagName + ' ' + element.textContent.slice(0, 40));
      return {
        wide,
        scrolls: document.documentElement.scrollWidth,
        out,
        text: document.body.innerText,
        smallest: Math.min(...[...document.querySelectorAll('p, span, td, li, h2')]
            .map((element) => parseFloat(getComputedStyle(element).fontSize))),
        bars: document.querySelectorAll('.area rect').length,
        background: getComputedStyle(document.body).backgroundColor,
        fetched: performance.getEntriesByType('resource').map((entry) => entry.name),
      };
      """;

  /** Figures from the same report, which the transcript also shows as a table. */
  private static final List<String> FIGURES =
      List.of("14", "23,960", "20,600", "$0.0086", "13,000", "10,960", "provider/y", "2026-11-20");

  private static final int READABLE_PX = 12;

  private static Chromium browser;

  @BeforeAll
  static void start() throws Exception {
    browser = Chromium.start(FOLDER);
  }

  @AfterAll
  static void stop() {
    browser.close();
  }

  @ParameterizedTest
  @CsvSource({"1280, light", "1280, dark", "390, light", "390, dark"})
  void everyFigureIsShownAndNothingOverflows(int width, String scheme) throws Exception {
    browser.show(width, 844, scheme);
    browser.open(PAGE.toUri().toString());
    var seen = browser.evaluate(LOOK);
    Files.write(FOLDER.resolve(width + "-" + scheme + ".png"), browser.screenshot());
    assertEquals(width, seen.path("wide").asInt());
    assertEquals(width, seen.path("scrolls").asInt(), "no scrolling to the side");
    assertEquals(List.of(), texts(seen.path("out")));
    assertEquals(List.of(), texts(seen.path("fetched")));
    assertEquals(List.of(), browser.console());
    assertTrue(seen.path("smallest").asDouble() >= READABLE_PX, seen.toString());
    assertTrue(seen.path("bars").asInt() >= 8, "four days, two tenants");
    assertEquals(scheme.equals("light"), seen.path("background").asText().contains("246"));
    FIGURES.forEach(figure -> assertTrue(seen.path("text").asText().contains(figure), figure));
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
