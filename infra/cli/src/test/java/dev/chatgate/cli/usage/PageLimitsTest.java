package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.usage.PageLimits.Standing;
import dev.chatgate.cli.usage.Report.TenantUsage;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Limits: the fullest first, those that need a look open, the others folded. */
class PageLimitsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 8);
  private static final Optional<Instant> RESET = Optional.of(Instant.parse("2026-11-09T00:00:00Z"));

  private static TenantUsage tenant(String id, long allowed, long used) {
    var limit =
        new LimitState(Limits.TOKENS_PER_DAY, allowed, used, 0, Math.max(0, allowed - used), RESET);
    return new TenantUsage(new TenantId(id), new TreeMap<>(), List.of(limit), List.of());
  }

  private static Report report(TenantUsage... tenants) {
    return new Report(DAY, DAY, List.of(tenants));
  }

  private static String page(Report report) {
    var html = new HtmlBuilder();
    new PageLimits(html, report).write();
    return html.toString().replace('\u00A0', ' ');
  }

  private static String folded(String page) {
    return page.substring(page.indexOf("<details>"));
  }

  @Test
  void theFullestIsFirstAndEqualOnesAreInOrderOfTheirNames() {
    var report =
        report(
            tenant("d", 100, 10),
            tenant("c", 1_000, 910),
            tenant("b", 100, 60),
            tenant("a", 100, 10),
            tenant("blocked", 0, 0));
    assertEquals(
        List.of("blocked", "c", "b", "a", "d"),
        PageLimits.fullestFirst(report).stream().map(Standing::tenant).toList());
  }

  @Test
  void onlyLimitsAboveHalfAreOpenAndThoseAboveNinetyPercentAreMarked() {
    var page =
        page(
            report(
                tenant("full", 1_000, 901),
                tenant("ninety", 100, 90),
                tenant("most", 100, 51),
                tenant("half", 100, 50),
                tenant("little", 100, 1)));
    assertTrue(page.contains("<li class=\"full\"><b>full</b><span class=\"percent\">90 %</span>"));
    assertTrue(page.contains("<li><b>ninety</b>") && page.contains("<li><b>most</b>"), page);
    assertTrue(page.contains("901 of 1,000 tokens/day"), page);
    assertTrue(page.contains("resets 2026-11-09 00:00 UTC"), page);
    assertTrue(folded(page).contains("<summary>and 2 more below 50 %</summary>"), page);
    assertTrue(folded(page).contains("<span>half</span>") && !page.contains("<b>half</b>"), page);
    assertTrue(folded(page).indexOf("half") < folded(page).indexOf("little"));
    assertFalse(folded(page).contains("most"));
  }

  @Test
  void aLimitOfZeroBlocksEveryCall() {
    var page = page(report(tenant("blocked", 0, 0)));
    assertTrue(page.contains("blocks every call") && page.contains("100 %"), page);
    assertFalse(page.contains("<details>"), page);
  }

  @Test
  void withoutAFullLimitOnlyTheNumberIsOpen() {
    var page = page(report(tenant("a", 100, 1), tenant("b", 100, 2)));
    assertTrue(page.contains("No limit is used above 50 %."), page);
    assertTrue(page.contains("<summary>2 below 50 %</summary>"), page);
  }

  @Test
  void manyFullLimitsAreFoldedToo() {
    var tenants = new ArrayList<TenantUsage>();
    for (int i = 0; i < 60; i++) {
      tenants.add(tenant("t" + i, 1_000, 999 - i));
    }
    var page = page(report(tenants.toArray(TenantUsage[]::new)));
    assertTrue(page.contains("<summary>and 36 more, up to 97 %</summary>"), page);
  }

  @Test
  void withoutLimitsThereIsNoSection() {
    var none = new TenantUsage(new TenantId("a"), new TreeMap<>(), List.of(), List.of());
    assertEquals("", page(report(none)));
  }
}
