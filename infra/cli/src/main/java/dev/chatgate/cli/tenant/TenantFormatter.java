package dev.chatgate.cli.tenant;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.admin.TenantKey;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantStatus;
import java.util.ArrayList;
import java.util.List;
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
    table.row("end users", tenant.requireEndUser() ? "required" : "optional");
    table.row("issuers", orNone(tenant.issuers().stream().map(Issuer::issuer).toList()));
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
    for (var limit : Limits.ALL.members()) {
      quota
          .get(limit)
          .ifPresent(value ->
              limits.add(
                  limit
                      .label()
                      .formatted(limit.isMoney() ? Amounts.dollars(value) : Amounts.whole(value))));
    }
    return limits;
  }
}
