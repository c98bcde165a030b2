package dev.chatgate.cli.user;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.cli.text.CsvOutput;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.LimitOutput;
import dev.chatgate.cli.text.QuotaText;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.cli.user.UserStanding.Source;
import dev.chatgate.quota.LimitState;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Formats where an end user stands. */
final class UserFormatter {
  private UserFormatter() {}

  /** A table of properties, and one of limits. */
  static String table(UserStanding user) {
    var properties =
        new TextTable(List.of(Column.text("end user"), Column.text(user.endUser().id())));
    properties.row("tenant", user.tenant().id().value());
    properties.row("tier", tier(user));
    properties.row("blocked", user.state().blockedAt().map(at -> "since " + at).orElse("no"));
    user.state()
        .tier()
        .ifPresent(tier -> {
          properties.row("models", models(tier));
          var perCall =
              QuotaText.limits(
                  tier.quota(), List.of(Quota.MAX_TOKENS_PER_REQUEST, Quota.DEFAULT_MAX_TOKENS));
          properties.row("each call", perCall.isEmpty() ? "no limit" : String.join(", ", perCall));
        });
    return properties + (user.state().limits().isEmpty() ? "" : "\n" + limits(user));
  }

  private static String tier(UserStanding user) {
    return user.source()
        .map(source -> user.tierName().orElseThrow() + reason(user, source))
        .orElse("none: the tenant has no tiers, so its own limits alone hold");
  }

  private static String reason(UserStanding user, Source source) {
    return switch (source) {
      case OPERATOR -> " (set by the operator)";
      case CREDENTIAL -> " (named by the credential)";
      case DEFAULT ->
          user.missingTier()
              .map(name -> " (the tenant has no tier " + name + ", which was named)")
              .orElse(" (no other tier is set; a credential may name one)");
    };
  }

  private static String models(EndUserTier tier) {
    return tier.models()
        .filter(names -> !names.contains("*"))
        .map(names -> names.isEmpty() ? "none" : String.join(", ", names))
        .orElse("as the tenant");
  }

  private static TextTable limits(UserStanding user) {
    var table =
        new TextTable(
            List.of(
                Column.text("LIMIT"),
                Column.number("ALLOWED"),
                Column.number("SETTLED"),
                Column.number("IN FLIGHT"),
                Column.number("LEFT"),
                Column.text("ALL LEFT AGAIN AT")));
    for (var limit : user.state().limits()) {
      table.row(
          limit.limit().key(),
          amount(limit, limit.allowed()),
          amount(limit, limit.settled()),
          amount(limit, limit.inFlight()),
          amount(limit, limit.remaining()),
          LimitOutput.resetsAt(limit).map(Instant::toString).orElse(""));
    }
    return table;
  }

  private static String amount(LimitState limit, long value) {
    return QuotaText.amount(limit.limit(), value);
  }

  /** One line for each limit. Money is in micro-dollars. */
  static String csv(UserStanding user) {
    var csv = new CsvOutput();
    csv.line(
        List.of(
            "tenant",
            "user",
            "tier",
            "tier_source",
            "blocked_at",
            "limit_name",
            "resets_at",
            "limit",
            "settled",
            "in_flight",
            "remaining"));
    for (var limit : user.state().limits()) {
      csv.line(
          List.of(
              user.tenant().id().value(),
              user.endUser().id(),
              user.tierName().orElse(""),
              user.source().map(Source::wireName).orElse(""),
              user.state().blockedAt().map(Instant::toString).orElse(""),
              limit.limit().key(),
              LimitOutput.resetsAt(limit).map(Instant::toString).orElse("")),
          List.of(limit.allowed(), limit.settled(), limit.inFlight(), limit.remaining()));
    }
    return csv.toString();
  }

  /** An object; its limits have the format of {@code GET /v1/usage}. */
  static String json(UserStanding user) {
    return JsonOutput.pretty(json -> {
      json.writeStartObject();
      json.writeStringField("tenant", user.tenant().id().value());
      json.writeStringField("user", user.endUser().id());
      write(json, "tier", user.tierName());
      write(json, "tier_source", user.source().map(Source::wireName));
      write(json, "operator_tier", user.state().operatorTier());
      json.writeBooleanField("blocked", user.state().isBlocked());
      write(json, "blocked_at", user.state().blockedAt().map(Instant::toString));
      writeModels(json, user.state().tier().flatMap(EndUserTier::models));
      json.writeArrayFieldStart("limits");
      for (var limit : user.state().limits()) {
        json.writeStartObject();
        LimitOutput.write(json, limit);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, String name, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      json.writeStringField(name, text.get());
    } else {
      json.writeNullField(name);
    }
  }

  private static void writeModels(JsonGenerator json, Optional<List<String>> models)
      throws IOException {
    if (models.isPresent()) {
      json.writeFieldName("models");
      json.writeArray(models.get().toArray(String[]::new), 0, models.get().size());
    } else {
      json.writeNullField("models");
    }
  }
}
