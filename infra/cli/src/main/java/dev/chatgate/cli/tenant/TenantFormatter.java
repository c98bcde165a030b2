package dev.chatgate.cli.tenant;

import dev.chatgate.aws.tenant.TenantJson;
import dev.chatgate.aws.tenant.TenantKey;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Formats tenants. */
final class TenantFormatter {
  private TenantFormatter() {}

  /** A table with one line per tenant. */
  static String table(List<Tenant> tenants) {
    var table =
        new TextTable(
            List.of(
                Column.text("TENANT"),
                Column.text("STATUS"),
                Column.text("MODELS"),
                Column.text("LIMITS")));
    for (var tenant : tenants) {
      table.row(
          tenant.id().value(),
          status(tenant),
          models(tenant),
          String.join(", ", limits(tenant.quota())));
    }
    return table.toString();
  }

  /** A JSON list in the format of {@code CHATGATE_TENANTS}, without keys. */
  static String json(List<Tenant> tenants) {
    return JsonOutput.pretty(
        tenants.stream().map(TenantJson::write).collect(Collectors.joining(",", "[", "]")));
  }

  /** All properties of one tenant. */
  static String details(Tenant tenant, List<TenantKey> keys) {
    var table = new TextTable(List.of(Column.text("tenant"), Column.text(tenant.id().value())));
    table.row("status", status(tenant));
    table.row("keys", orNone(keys.stream().map(TenantKey::name).toList()));
    table.row("models", models(tenant));
    new TreeMap<>(tenant.modelAliases())
        .forEach((alias, model) -> table.row("alias", alias + " = " + model));
    table.row(
        "origins",
        tenant.allowedOrigins().map(TenantFormatter::orNone).orElse("deployment default"));
    var limits = limits(tenant.quota());
    table.row("limits", limits.isEmpty() ? "none" : limits.getFirst());
    limits.stream().skip(1).forEach(limit -> table.row("", limit));
    return table.toString();
  }

  private static String status(Tenant tenant) {
    return tenant.status() == TenantStatus.ACTIVE ? "active" : "suspended";
  }

  private static String models(Tenant tenant) {
    return tenant
        .models()
        .filter(names -> !names.contains("*"))
        .map(TenantFormatter::orNone)
        .orElse("all");
  }

  private static String orNone(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static List<String> limits(Quota quota) {
    var limits = new ArrayList<String>();
    limit(quota.requestsPerMinute(), n -> Amounts.whole(n) + " requests/min")
        .ifPresent(limits::add);
    limit(quota.tokensPerMinute(), n -> Amounts.whole(n) + " tokens/min").ifPresent(limits::add);
    limit(quota.tokensPerDay(), n -> Amounts.whole(n) + " tokens/day").ifPresent(limits::add);
    limit(quota.tokensPerMonth(), n -> Amounts.whole(n) + " tokens/month").ifPresent(limits::add);
    limit(quota.microUsdPerMonth(), n -> Amounts.dollars(n) + "/month").ifPresent(limits::add);
    limit(quota.maxConcurrentRequests(), n -> Amounts.whole(n) + " concurrent requests")
        .ifPresent(limits::add);
    limit(quota.maxTokensPerRequest(), n -> "max_tokens at most " + Amounts.whole(n))
        .ifPresent(limits::add);
    limit(quota.defaultMaxTokens(), n -> "max_tokens " + Amounts.whole(n) + " by default")
        .ifPresent(limits::add);
    return limits;
  }

  private static Optional<String> limit(OptionalLong limit, LongFunction<String> format) {
    return limit.isPresent() ? Optional.of(format.apply(limit.getAsLong())) : Optional.empty();
  }
}
