package dev.chatgate.cli.usage;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.usage.UsageGroups.Line;
import dev.chatgate.usage.UsageTotals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * Formats a report as one self-contained HTML page, without scripts, fonts or requests; its content
 * security policy allows nothing but its own style sheet. The page is also well-formed XML.
 */
final class UsagePage {
  /** Names of models without a price that are listed. */
  private static final int MAX_MODELS = 5;

  private final HtmlBuilder html = new HtmlBuilder();
  private final Report report;
  private final String deployment;

  private UsagePage(Report report, String deployment) {
    this.report = report;
    this.deployment = deployment;
  }

  /**
   * Formats a page.
   *
   * @param report the report
   * @param deployment the deployment's name
   * @param at the time of reading
   */
  static String of(Report report, String deployment, Instant at) {
    return new UsagePage(report, deployment).page(at);
  }

  private String page(Instant at) {
    var style = style();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head>")
        .raw("<meta charset=\"utf-8\"/>")
        .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .raw("style-src 'sha256-" + sha256(style) + "'; base-uri 'none'; form-action 'none'\"/>")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
        .raw("<meta name=\"color-scheme\" content=\"light dark\"/>")
        .element(
            "title",
            "Chatgate usage, %s, %s to %s".formatted(deployment, report.from(), report.to()))
        .raw("<style>" + style + "</style></head><body><main>");
    head(at);
    tiles();
    unpricedModels();
    new PageLimits(html, report).write();
    if (report.total().equals(UsageFigures.ZERO)) {
      html.raw("<section>").element("p", "No usage in this period.").raw("</section>");
    } else {
      new PageCharts(html, report).write();
      new PageTables(html, report).write();
    }
    return html.raw("</main></body></html>\n").toString();
  }

  private static String style() {
    try (InputStream css = UsagePage.class.getResourceAsStream("usage.css")) {
      if (css == null) {
        throw new IllegalStateException("usage.css is missing from the jar");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void head(Instant at) {
    html.raw("<header>")
        .element("h1", "Usage, " + deployment)
        .raw("<p>")
        .element("span", "whole", report.from().toString())
        .raw(" to ")
        .element("span", "whole", report.to().toString())
        .raw(" (UTC), read ")
        .element("span", "whole", PageText.time(at))
        .raw(". ")
        .text("Costs are by this deployment's price list, not by the provider's bill.")
        .raw("</p></header>");
  }

  private void tiles() {
    var total = report.total();
    var totals = total.totals();
    html.raw("<section class=\"tiles\">");
    tile("Requests", Amounts.brief(total.calls()), Amounts.whole(total.calls()), estimated(totals));
    tile("Tokens", Amounts.brief(total.tokens()), Amounts.whole(total.tokens()), parts(totals));
    tile("Cost", cost(total), Amounts.exactDollars(total.microUsd()), unpriced(total));
    long used = report.rows(Set.of()).size();
    tile(
        "Tenants",
        Amounts.brief(used),
        Amounts.whole(used),
        "with usage, of " + Amounts.whole(report.tenants().size()));
    html.raw("</section>");
  }

  private static String cost(UsageFigures total) {
    return total.hasNoCost() ? "no price" : Amounts.briefDollars(total.microUsd());
  }

  private static String estimated(UsageTotals totals) {
    return totals.estimated() == 0 ? "" : Amounts.brief(totals.estimated()) + " estimated";
  }

  private static String unpriced(UsageFigures total) {
    return total.unpriced() == 0
        ? ""
        : "without %s that had no price"
            .formatted(
                total.unpriced() == 1 ? "1 call" : Amounts.brief(total.unpriced()) + " calls");
  }

  private static String parts(UsageTotals totals) {
    return "%s prompt (%s cached), %s completion"
        .formatted(
            Amounts.brief(totals.prompt()),
            Amounts.brief(totals.cached()),
            Amounts.brief(totals.completion()));
  }

  private void tile(String name, String figure, String exact, String remark) {
    html.raw("<div class=\"tile\">")
        .element("h2", name)
        .element("p", Map.of("class", "figure", "title", exact), figure)
        .element("p", "remark", remark)
        .raw("</div>");
  }

  private void unpricedModels() {
    var names =
        new UsageGroups(report)
            .models().stream()
                .filter(line -> line.figures().unpriced() > 0)
                .map(Line::name)
                .toList();
    if (!names.isEmpty()) {
      var shown = new ArrayList<>(names.subList(0, Math.min(MAX_MODELS, names.size())));
      if (names.size() > MAX_MODELS) {
        shown.add(Amounts.count(names.size() - MAX_MODELS, "other"));
      }
      html.raw("<section class=\"notice\"><p>")
          .text("Without a price: " + String.join(", ", shown) + ". ")
          .text("chatgate price set sets the price of later calls.")
          .raw("</p></section>");
    }
  }
}
