package dev.chatgate.cli.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.ModelPrice.Tier;
import dev.chatgate.usage.UsageTotals;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Free calls and calls without a price both cost nothing; the price list tells them apart. */
class PriceCheckTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 8);
  private static final Tier FREE = new Tier(0, 0, OptionalLong.empty(), 0);
  private static final Tier FREE_PROMPTS = new Tier(0, 0, OptionalLong.empty(), 3);
  private static final Tier PRICED = new Tier(0, 1, OptionalLong.empty(), 2);

  private static final Tenant TENANT =
      new Tenant(
          new TenantId("acme"),
          TenantStatus.ACTIVE,
          Quota.UNLIMITED,
          Optional.empty(),
          Map.of("alias", "provider/free"),
          Optional.empty());

  private static final PriceCheck CHECK =
      new PriceCheck(
          List.of(
              price("provider/free", DAY.minusDays(9), FREE),
              price("late", DAY.plusDays(1), FREE),
              price("formerly-free", DAY.minusDays(9), FREE),
              price("formerly-free", DAY, PRICED),
              price("free-prompts", DAY, FREE_PROMPTS)));

  private static ModelPrice price(String model, LocalDate from, Tier tier) {
    return new ModelPrice(model, from, List.of(tier));
  }

  private static long unpriced(String model, long prompt, long completion, long microUsd) {
    var totals = new UsageTotals(7, prompt, 0, completion, microUsd, 0);
    var figures = CHECK.figures(TENANT, new DayAndModel(DAY, model), totals);
    assertEquals(totals, figures.totals());
    return figures.unpriced();
  }

  @Test
  void withoutAPriceAllCallsAreUnpriced() {
    assertEquals(7, unpriced("unknown", 10, 10, 0));
    assertEquals(7, unpriced("late", 10, 10, 0), "the price holds from the next day on");
  }

  @Test
  void aModelWithAPriceOfZeroIsFree() {
    assertEquals(0, unpriced("provider/free", 10, 10, 0));
    assertEquals(0, unpriced("alias", 10, 10, 0), "the price is the provider's model's");
    assertEquals(0, unpriced("free-prompts", 10, 0, 0));
  }

  @Test
  void callsBeforeTheFirstPriceOfTheDayAreUnpriced() {
    assertEquals(7, unpriced("formerly-free", 10, 10, 0));
    assertEquals(7, unpriced("free-prompts", 10, 10, 0));
  }

  @Test
  void whatWasChargedOrUsedNothingHasAPrice() {
    assertEquals(0, unpriced("unknown", 10, 10, 1));
    assertEquals(0, unpriced("unknown", 0, 0, 0));
    assertEquals(0, unpriced("unknown", -5, 0, 0), "a correction");
  }

  @Test
  void theCostIsUnknownIfNothingWasChargedForWantOfAPrice() {
    var used = new UsageTotals(7, 10, 0, 10, 0, 0);
    assertTrue(UsageFigures.unpriced(used).hasNoCost());
    assertFalse(UsageFigures.priced(used).hasNoCost());
    var charged = UsageFigures.priced(new UsageTotals(1, 1, 0, 1, 4, 0));
    assertFalse(UsageFigures.unpriced(used).plus(charged).hasNoCost());
    assertEquals("no price", ReportFormatter.cost(UsageFigures.unpriced(used)));
    assertEquals("$0.00", ReportFormatter.cost(UsageFigures.priced(used)));
  }
}
