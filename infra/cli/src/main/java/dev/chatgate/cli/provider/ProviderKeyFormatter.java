package dev.chatgate.cli.provider;

import dev.chatgate.cli.deployment.ProviderSecret.Version;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Formats the result of {@code provider-key check}, without the key itself. */
final class ProviderKeyFormatter {
  private ProviderKeyFormatter() {}

  static String table(
      List<Version> versions, Optional<String> provider, KeyCheckResult result, Instant now) {
    var table =
        new TextTable(
            List.of(
                Column.text("VERSION"),
                Column.text("VALUE"),
                Column.text("CREATED"),
                Column.text("AGE")));
    for (var version : versions) {
      table.row(
          String.join(" ", version.stages()),
          version.key().isPresent() ? "set" : "empty",
          version.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
          age(Duration.between(version.createdAt(), now)));
    }
    return (versions.isEmpty() ? "" : table)
        + provider.map(url -> "Provider: " + url + "\n").orElse("")
        + sentence(result)
        + "\n";
  }

  static String json(List<Version> versions, Optional<String> provider, KeyCheckResult result) {
    return JsonOutput.pretty(json -> {
      json.writeStartObject();
      json.writeArrayFieldStart("versions");
      for (var version : versions) {
        json.writeStartObject();
        json.writeArrayFieldStart("stages");
        for (var stage : version.stages()) {
          json.writeString(stage);
        }
        json.writeEndArray();
        json.writeBooleanField("has_value", version.key().isPresent());
        json.writeStringField("created_at", version.createdAt().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("provider_base_url", provider.orElse(null));
      json.writeStringField("provider", word(result));
      json.writeEndObject();
    });
  }

  private static String word(KeyCheckResult result) {
    return switch (result) {
      case KeyCheckResult.Accepted _ -> "takes_it";
      case KeyCheckResult.Rejected _ -> "refuses_it";
      case KeyCheckResult.Inconclusive _ -> "unclear";
      case KeyCheckResult.Unreachable _ -> "unreachable";
      case KeyCheckResult.NotChecked _ -> "not_tried";
    };
  }

  private static String sentence(KeyCheckResult result) {
    return switch (result) {
      case KeyCheckResult.Accepted _ -> "The provider accepts the key.";
      case KeyCheckResult.Rejected(int status) ->
          "The provider rejects the key (HTTP " + status + ").";
      case KeyCheckResult.Inconclusive(int status) ->
          "The provider returned HTTP " + status + "; the key could not be checked.";
      case KeyCheckResult.Unreachable _ -> "The provider could not be reached.";
      case KeyCheckResult.NotChecked _ ->
          "Not checked at the provider: use --base-url to check it.";
    };
  }

  /** An age in whole days, hours or minutes. */
  static String age(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + " d";
    }
    return age.toHours() > 0 ? age.toHours() + " h" : Math.max(0, age.toMinutes()) + " min";
  }
}
