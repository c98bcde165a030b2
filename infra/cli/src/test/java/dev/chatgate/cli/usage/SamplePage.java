package dev.chatgate.cli.usage;

import dev.chatgate.cli.usage.Report.TenantUsage;
import dev.chatgate.cli.usage.Report.UserUsage;
import dev.chatgate.quota.LimitState;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.quota.report.UsageReader.DayAndModel;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageTotals;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Reports with made-up usage, and their pages: few tenants use most, one model has no price, some
 * names of models and persons are markup.
 */
public final class SamplePage {
  /** Names that do harm in a page that does not escape them. All are IDs that a person may have. */
  static final List<String> HOSTILE =
      List.of(
          "<script>window.harmed=1</script>",
          "\"><img/src=x/onerror=window.harmed=1>",
          "'onmouseover='window.harmed=1",
          "</style><svg/onload=window.harmed=1>",
          "</title></svg><iframe/src=javascript:harm()>",
          "javascript:window.harmed=1",
          "]]><!--",
          "&lt;b&gt;&#60;i&#62;",
          "{{7*7}}${7*7}%s%n",
          "<a/href=//example.com>");

  private static final LocalDate FROM = LocalDate.of(2026, 11, 1);
  private static final LocalDate TO = LocalDate.of(2026, 11, 29);
  private static final Instant READ = Instant.parse("2026-11-29T19:49:30Z");
  private static final long MILLION = 1_000_000;

  private final Random random;

  private SamplePage(long seed) {
    random = new Random(seed);
  }

  /**
   * The page of a report by person.
   *
   * @param tenants number of tenants
   */
  public static String of(int tenants) {
    return UsagePage.of(report(tenants), "stack chatgate-prod in eu-central-1", READ);
  }

  /** A report by person. */
  static Report report(int tenants) {
    var sample = new SamplePage(tenants);
    var parts = new ArrayList<TenantUsage>();
    for (int i = 1; i <= tenants; i++) {
      parts.add(sample.tenant(i));
    }
    return new Report(FROM, TO, parts);
  }

  private TenantUsage tenant(int number) {
    var id = new TenantId("customer-%03d".formatted(number));
    double size = 60 * MILLION / Math.pow(1 + (number * 7) % 97, 1.2);
    var usage = new TreeMap<DayAndModel, UsageFigures>();
    var total = UsageFigures.ZERO;
    for (var day : FROM.datesUntil(TO.plusDays(1)).toList()) {
      for (int model = 0; model < 3; model++) {
        var figures = figures((long) (size / (1 + model) * (0.5 + random.nextDouble())), model);
        usage.put(new DayAndModel(day, model(number, model)), figures);
        total = total.plus(figures);
      }
    }
    return new TenantUsage(id, usage, limits(number, total), users(number, total));
  }

  /** The last model has no price; the second one is free. */
  private UsageFigures figures(long tokens, int model) {
    long calls = 1 + tokens / 2_000;
    long completion = tokens / 5;
    long microUsd = model == 0 ? tokens * 7 / 10 : 0;
    var totals =
        new UsageTotals(
            calls, tokens - completion, tokens / 4, completion, microUsd, random.nextInt(2));
    return model == 2 ? UsageFigures.unpriced(totals) : UsageFigures.priced(totals);
  }

  private static String model(int number, int model) {
    return switch (model) {
      case 0 -> List.of("gpt-large", "gpt-small", "claude-medium").get(number % 3);
      case 1 -> "local/free";
      default -> number % 4 == 0 ? HOSTILE.get(number / 4 % HOSTILE.size()) : "preview/new-model";
    };
  }

  private List<LimitState> limits(int number, UsageFigures total) {
    long percent = number % 5 == 0 ? 40 + random.nextInt(61) : random.nextInt(45);
    percent = number % 30 == 1 ? 97 : percent;
    long cost = 50 * MILLION * (1 + number % 9);
    var month = state(Limits.COST_PER_MONTH, cost, cost * percent / 100);
    long perDay = Math.max(1, total.tokens() / 10);
    var day =
        state(
            Limits.TOKENS_PER_DAY,
            perDay,
            perDay * random.nextInt(number % 9 == 0 ? 100 : 40) / 100);
    return number % 11 == 0
        ? List.of(month, day, state(Limits.REQUESTS_PER_MINUTE, 60, 1))
        : List.of(month, day);
  }

  private static LimitState state(Limit limit, long allowed, long used) {
    var reset =
        limit.equals(Limits.COST_PER_MONTH) ? "2026-12-01T00:00:00Z" : "2026-11-30T00:00:00Z";
    return new LimitState(
        limit, allowed, used, 0, allowed - used, Optional.of(Instant.parse(reset)));
  }

  private List<UserUsage> users(int number, UsageFigures total) {
    var users = new ArrayList<UserUsage>();
    for (int i = 0; i < 14; i++) {
      var id =
          i == 3
              ? HOSTILE.get(number % HOSTILE.size())
              : "person-%02d.%03d@example.com".formatted(i, number);
      users.add(new UserUsage(Optional.of(id), 1, part(total, 10 + 5 * i)));
    }
    users.add(new UserUsage(Optional.empty(), 320, part(total, 3)));
    users.add(new UserUsage(Optional.empty(), 0, part(total, 6)));
    return users;
  }

  private static UsageFigures part(UsageFigures total, long divisor) {
    var totals = total.totals();
    return new UsageFigures(
        new UsageTotals(
            totals.calls() / divisor,
            totals.prompt() / divisor,
            totals.cached() / divisor,
            totals.completion() / divisor,
            totals.microUsd() / divisor,
            0),
        total.unpriced() / divisor);
  }
}
