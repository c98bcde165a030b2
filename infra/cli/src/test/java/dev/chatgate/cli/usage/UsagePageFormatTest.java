package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.usage.Report.TenantUsage;
import dev.chatgate.cli.usage.Report.UserUsage;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page of a report: what it consists of, what is folded, and that all text is escaped. */
class UsagePageFormatTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 8);
  private static final Instant READ = Instant.parse("2026-11-29T19:49:30Z");
  private static final int MAX_BYTES = 500_000;

  private static final Set<String> ELEMENTS =
      Set.of(
          "html", "head", "meta", "title", "style", "body", "main", "header", "section", "div",
          "h1", "h2", "p", "span", "b", "small", "ul", "li", "details", "summary", "table", "thead",
          "tbody", "tfoot", "tr", "th", "td", "svg", "path", "rect", "line", "text");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "lang",
          "xmlns",
          "charset",
          "http-equiv",
          "content",
          "name",
          "class",
          "title",
          "role",
          "aria-hidden",
          "viewBox",
          "preserveAspectRatio",
          "d",
          "x",
          "y",
          "x1",
          "x2",
          "y2",
          "width",
          "height");

  private static Document parse(String page) throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document page, String name) {
    var found = page.getElementsByTagName(name);
    var elements = new ArrayList<Element>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static List<String> texts(Document page, String name) {
    return elements(page, name).stream().map(Element::getTextContent).toList();
  }

  private static void assertOnlyKnownMarkup(Document page) {
    var names = new TreeSet<String>();
    var attributes = new TreeSet<String>();
    for (var element : elements(page, "*")) {
      names.add(element.getTagName());
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        attributes.add(element.getAttributes().item(i).getNodeName());
      }
    }
    names.removeAll(ELEMENTS);
    attributes.removeAll(ATTRIBUTES);
    assertEquals(Set.of(), names);
    assertEquals(Set.of(), attributes);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 36, 400})
  void everyPageIsWellFormedAndSmall(int tenants) throws Exception {
    var page = SamplePage.of(tenants);
    assertOnlyKnownMarkup(parse(page));
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes < MAX_BYTES, bytes + " bytes");
    assertFalse(page.contains("url(") || page.contains("@import"), "no external resources");
  }

  @Test
  void theContentSecurityPolicyAllowsTheStyleSheetAlone() throws Exception {
    var page = parse(SamplePage.of(2));
    var style = texts(page, "style").getFirst();
    var hash =
        Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(style.getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        List.of(
            "default-src 'none'; style-src 'sha256-"
                + hash
                + "'; base-uri 'none'; form-action 'none'"),
        elements(page, "meta").stream()
            .filter(meta -> !meta.getAttribute("http-equiv").isEmpty())
            .map(meta -> meta.getAttribute("content"))
            .toList());
  }

  @Test
  void namesWithMarkupAreText() throws Exception {
    var usage = new TreeMap<DayAndModel, UsageFigures>();
    var users = new ArrayList<UserUsage>();
    var figures = UsageFigures.unpriced(new UsageTotals(1, 5, 0, 5, 0, 0));
    for (var name : SamplePage.HOSTILE) {
      usage.put(new DayAndModel(DAY, name), figures);
      users.add(new UserUsage(Optional.of(name), 1, figures));
    }
    usage.put(new DayAndModel(DAY, "\u202Eright\u0000to\nleft\uD800"), figures);
    var tenant = new TenantUsage(new TenantId("acme"), usage, List.of(), users);
    for (var name : SamplePage.HOSTILE) {
      var page = parse(UsagePage.of(new Report(DAY, DAY, List.of(tenant)), name, READ));
      assertOnlyKnownMarkup(page);
      assertEquals(List.of("Usage, " + name), texts(page, "h1"));
      var rows = texts(page, "th");
      SamplePage.HOSTILE.forEach(
          text -> assertEquals(3, rows.stream().filter(text::equals).count(), text));
      assertTrue(rows.contains("\uFFFDright\uFFFDto\uFFFDleft\uFFFD"), rows::toString);
    }
  }

  @Test
  void theTitleNamesTheDeploymentAndThePeriod() throws Exception {
    var page = parse(SamplePage.of(2));
    assertEquals(
        "Chatgate usage, stack chatgate-prod in eu-central-1, 2026-11-01 to 2026-11-29",
        texts(page, "title").getFirst());
    var header = texts(page, "header").getFirst();
    assertTrue(
        header.contains("2026-11-01 to 2026-11-29 (UTC), read 2026-11-29 19:49 UTC"), header);
  }

  @Test
  void headlineNumbersAreShortAndTheirTitlesExact() throws Exception {
    var report = SamplePage.report(36);
    var figures =
        elements(parse(SamplePage.of(36)), "p").stream()
            .filter(p -> p.getAttribute("class").equals("figure"))
            .toList();
    assertEquals(4, figures.size());
    figures.forEach(
        figure -> assertTrue(figure.getTextContent().length() <= 10, figure.getTextContent()));
    assertEquals("%,d".formatted(report.total().tokens()), figures.get(1).getAttribute("title"));
  }

  @Test
  void limitsComeBeforeChartsAndTablesAreFolded() {
    var page = SamplePage.of(36);
    int limits = page.indexOf("class=\"limits\"");
    int charts = page.indexOf("class=\"charts\"");
    int tables = page.indexOf("class=\"tables\"");
    assertTrue(0 < limits && limits < charts && charts < tables);
    assertTrue(page.indexOf("<table") > tables);
    assertFalse(page.contains("<details open"));
  }

  @Test
  void aTableShowsTheTopTenAndNamesATenantOnce() throws Exception {
    var page = parse(SamplePage.of(36));
    assertTrue(texts(page, "summary").contains("All 36Top ten"), "for each of four tables");
    for (var table : elements(page, "table")) {
      assertEquals(1, table.getElementsByTagName("tfoot").getLength());
      var names = new ArrayList<String>();
      var cells = table.getElementsByTagName("th");
      for (int i = 0; i < cells.getLength(); i++) {
        names.add(cells.item(i).getTextContent());
      }
      names.removeIf(name -> !name.startsWith("customer-"));
      assertEquals(new TreeSet<>(names).size(), names.size(), "no tenant twice");
    }
  }

  @Test
  void aTableWithTooManyRowsEndsWithASumAndNamesTheCommand() {
    var page = SamplePage.of(400);
    assertTrue(page.contains("All rows: chatgate usage report --by day --csv"));
    assertTrue(page.matches("(?s).*<th>\\d+ others</th>.*"));
    assertTrue(page.contains(">All 400</span>"), "the tenants are all there");
  }

  @Test
  void aModelWithoutAPriceIsNotFree() throws Exception {
    var free = UsageFigures.priced(new UsageTotals(3, 5, 0, 5, 0, 0));
    var unpriced = UsageFigures.unpriced(new UsageTotals(4, 5, 0, 5, 0, 0));
    var usage =
        new TreeMap<>(
            Map.of(new DayAndModel(DAY, "free"), free, new DayAndModel(DAY, "new"), unpriced));
    var tenant = new TenantUsage(new TenantId("acme"), usage, List.of(), List.of());
    var page = UsagePage.of(new Report(DAY, DAY, List.of(tenant)), "local deployment", READ);
    assertTrue(
        page.contains(
            "<th>free</th><td>3</td><td>5</td><td>0</td><td>5</td><td>10</td><td>$0.00</td><td>0</td>"),
        page);
    assertTrue(page.contains("<td class=\"unpriced\">no price</td><td>4</td>"), page);
    assertTrue(page.contains("Without a price: new. "), page);
    assertTrue(page.contains("without 4 calls that had no price"), page);
    assertFalse(texts(parse(page), "h2").contains("Cost by day"), "nothing was charged");
  }

  @Test
  void aReportWithoutUsageSaysSo() throws Exception {
    var page = parse(UsagePage.of(new Report(DAY, DAY, List.of()), "stack prod", READ));
    assertTrue(texts(page, "p").contains("No usage in this period."));
    assertEquals(List.of(), texts(page, "table"));
  }
}
