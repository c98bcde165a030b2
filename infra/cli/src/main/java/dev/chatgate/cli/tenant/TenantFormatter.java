package dev.chatgate.cli.tenant;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.admin.TenantKey;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.QuotaText;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
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
          String.join(", ", QuotaText.limits(tenant.quota())));
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
    table.row("end users", tenant.requireEndUser() ? "required" : "optional");
    table.row("issuers", orNone(tenant.issuers().stream().map(Issuer::issuer).toList()));
    var limits = QuotaText.limits(tenant.quota());
    table.row("limits", limits.isEmpty() ? "none" : limits.getFirst());
    limits.stream().skip(1).forEach(limit -> table.row("", limit));
    QuotaText.warnings(tenant.quota()).ifPresent(percents -> table.row("warnings at", percents));
    TenantJson.tiersInOrder(tenant)
        .forEach(tier -> table.row("tier " + tier.name(), String.join(", ", properties(tier))));
    return table.toString();
  }

  /** A table with one line per tier of a tenant. */
  static String tiers(Tenant tenant) {
    var table =
        new TextTable(
            List.of(
                Column.text("TIER"),
                Column.text("MODELS"),
                Column.text("WARNINGS AT"),
                Column.text("LIMITS OF EACH END USER")));
    for (var tier : TenantJson.tiersInOrder(tenant)) {
      table.row(
          tier.name(),
          models(tier.models(), "as the tenant"),
          QuotaText.warnings(tier.quota()).orElse("none"),
          orNone(QuotaText.limits(tier.quota())));
    }
    return table.toString();
  }

  private static List<String> properties(EndUserTier tier) {
    var properties = new ArrayList<>(QuotaText.limits(tier.quota()));
    if (properties.isEmpty()) {
      properties.add("no limits");
    }
    tier.models().ifPresent(_ -> properties.add("models: " + models(tier.models(), "all")));
    QuotaText.warnings(tier.quota())
        .ifPresent(percents -> properties.add("warnings at " + percents));
    return properties;
  }

  private static String status(Tenant tenant) {
    return tenant.status() == TenantStatus.ACTIVE ? "active" : "suspended";
  }

  private static String models(Tenant tenant) {
    return models(tenant.models(), "all");
  }

  private static String models(Optional<List<String>> models, String otherwise) {
    return models
        .filter(names -> !names.contains("*"))
        .map(TenantFormatter::orNone)
        .orElse(otherwise);
  }

  private static String orNone(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
