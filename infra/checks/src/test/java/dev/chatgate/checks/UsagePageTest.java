package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.cli.usage.SamplePage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The page of {@code chatgate usage report --html} in a real browser: with few and many tenants,
 * with the width of a screen and of phones, in light and in dark mode. The screenshots are in the
 * target folder.
 */
@Tag("outside")
class UsagePageTest {
  private static final Path FOLDER = Repository.TARGET.resolve("usage-page");

  /** The page of the command line's transcript. */
  private static final Path STORED =
      Repository.ROOT.resolve("infra/cli/src/test/resources/dev/chatgate/cli/usage.html");

  /**
   * A script that returns the page's size, elements that overflow it, texts of more than one line
   * that must have one, texts with too little contrast, and what the page fetched or ran.
   */
  private static final String LOOK =
      """
      const wide = document.documentElement.clientWidth;
      const all = [...document.body.querySelectorAll('*')].filter((e) => e.checkVisibility());
      const name = (e) => `${e.tagName} ${e.textContent.slice(0, 40)}`;
      const out = all.filter((e) => e.getBoundingClientRect().right > wide + 0.5
          || e.getBoundingClientRect().left < -0.5);
      const cut = all.filter((e) => e.matches('.figure, .tile, td, summary, .number')
          && e.scrollWidth > e.clientWidth + 1);
      const broken = all.filter((e) => e.matches('.whole, .figure, .percent, .number, td')
          && height(e) > 1.5 * parseFloat(getComputedStyle(e).fontSize));
      function height(e) {
        const range = document.createRange();
        range.selectNodeContents(e);
        const boxes = [...range.getClientRects()];
        return Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
      }
      const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
      function luminance(colour) {
        const parts = rgb(colour).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      }
      function background(e) {
        const colour = rgb(getComputedStyle(e).backgroundColor);
        if (colour.length < 4 || colour[3] === 1) return getComputedStyle(e).backgroundColor;
        return e.parentElement ? background(e.parentElement) : 'rgb(255, 255, 255)';
      }
      function contrast(e) {
        const style = getComputedStyle(e);
        const one = luminance(e.tagName === 'text' ? style.fill : style.color);
        const two = luminance(background(e));
        return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
      }
      const texts = all.filter((e) => e.tagName !== 'title'
          && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== ''));
      return {
        wide,
        high: document.documentElement.scrollHeight,
        scrolls: document.documentElement.scrollWidth,
        out: out.map(name),
        cut: cut.map(name),
        broken: broken.map(name),
        text: document.body.innerText,
        texts: texts.length,
        pale: texts.filter((e) => contrast(e) < 4.5).map((e) => `${name(e)} ${contrast(e)}`),
        smallest: Math.min(...texts.map((e) => parseFloat(getComputedStyle(e).fontSize))),
        background: getComputedStyle(document.body).backgroundColor,
        fetched: performance.getEntriesByType('resource').map((entry) => entry.name),
        foreign: document.querySelectorAll('script, img, iframe, a, form, link, object, [style]').length,
        harmed: window.harmed ?? null,
      };
      """;

  private static final String OPEN =
      "document.querySelectorAll('details').forEach((folded) => { folded.open = true; });";

  /** Figures from the report that the transcript also shows as a table. */
  private static final List<String> FIGURES =
      List.of("14", "23,960", "20,600", "$0.0086", "13,000", "10,960", "provider/y", "2026-11-20");

  /** Width of a sheet of A4 without its margins. */
  private static final int A4_PX = 720;

  private static final int READABLE_PX = 12;

  /** Height of the page with 36 tenants on a screen. */
  private static final int MAX_HEIGHT = 3_000;

  private static Chromium browser;

  @BeforeAll
  static void start() throws Exception {
    browser = Chromium.start(FOLDER);
  }

  @AfterAll
  static void stop() {
    browser.close();
  }

  static Stream<Arguments> pages() {
    return Stream.of(2, 36, 400)
        .flatMap(tenants ->
            Stream.of(320, 390, 1280)
                .flatMap(width ->
                    Stream.of("light", "dark")
                        .map(scheme -> Arguments.of(tenants, width, scheme))));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nothingOverflowsAndNumbersDoNotBreak(int tenants, int width, String scheme)
      throws Exception {
    var page = FOLDER.resolve(tenants + ".html");
    Files.writeString(page, SamplePage.of(tenants));
    var name = tenants + "-" + width + "-" + scheme;
    var folded = look(page, width, scheme, name);
    assertFalse(folded.path("text").asText().contains("2026-11-15"), "tables are folded");
    if (tenants == 36 && width == 1280) {
      int high = folded.path("high").asInt();
      assertTrue(high <= MAX_HEIGHT, high + " px");
    }
    browser.evaluate(OPEN);
    var open = browser.evaluate(LOOK);
    check(open, width, scheme, name + ", open");
    assertTrue(open.path("text").asText().contains("2026-11-15"), "tables are open");
    assertTrue(open.path("texts").asInt() > folded.path("texts").asInt());
  }

  @Test
  void theStoredPageShowsEveryFigure() throws Exception {
    look(STORED, 1280, "light", "stored");
    browser.evaluate(OPEN);
    var text = browser.evaluate(LOOK).path("text").asText();
    FIGURES.forEach(figure -> assertTrue(text.contains(figure), figure));
  }

  @Test
  void onPaperTablesAreTables() throws Exception {
    var page = FOLDER.resolve("printed.html");
    Files.writeString(page, SamplePage.of(36));
    browser.show(A4_PX, 1000, "dark");
    browser.showPrinted();
    browser.open(page.toUri().toString());
    browser.evaluate(OPEN);
    var seen = browser.evaluate(LOOK);
    Files.write(FOLDER.resolve("printed.png"), browser.screenshot());
    for (var fault : List.of("out", "cut", "broken", "pale")) {
      assertEquals(List.of(), texts(seen.path(fault)), fault);
    }
    var rows = browser.evaluate("return getComputedStyle(document.querySelector('tr')).display");
    assertEquals("table-row", rows.asText());
  }

  private static JsonNode look(Path page, int width, String scheme, String name) throws Exception {
    browser.show(width, 844, scheme);
    browser.open(page.toUri().toString());
    var seen = browser.evaluate(LOOK);
    Files.write(FOLDER.resolve(name + ".png"), browser.screenshot());
    check(seen, width, scheme, name);
    assertEquals(List.of(), browser.console());
    return seen;
  }

  private static void check(JsonNode seen, int width, String scheme, String name) {
    assertEquals(width, seen.path("wide").asInt(), name);
    assertEquals(width, seen.path("scrolls").asInt(), name + ": no scrolling to the side");
    for (var fault : List.of("out", "cut", "broken", "pale", "fetched")) {
      assertEquals(List.of(), texts(seen.path(fault)), name + ": " + fault);
    }
    assertEquals(0, seen.path("foreign").asInt(), name);
    assertTrue(seen.path("harmed").isNull(), name);
    assertTrue(seen.path("smallest").asDouble() >= READABLE_PX, name);
    assertTrue(seen.path("texts").asInt() > 20, name);
    assertEquals(scheme.equals("light"), seen.path("background").asText().contains("246"), name);
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
