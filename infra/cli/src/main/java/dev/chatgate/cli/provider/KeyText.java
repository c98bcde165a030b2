package dev.chatgate.cli.provider;

import dev.chatgate.cli.deployment.ProviderSecret.Version;
import dev.chatgate.cli.text.Json;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What is known of the provider's key, without the key. */
final class KeyText {
  private KeyText() {}

  static String table(List<Version> versions, ProviderAnswer answer, Instant now) {
    var table =
        new TextTable(
            List.of(
                Column.text("VERSION"),
                Column.text("VALUE"),
                Column.text("SINCE"),
                Column.text("AGE")));
    for (var version : versions) {
      table.row(
          String.join(" ", version.stages()),
          version.key().isPresent() ? "yes" : "empty",
          version.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
          age(Duration.between(version.createdAt(), now)));
    }
    return (versions.isEmpty() ? "" : table) + sentence(answer) + "\n";
  }

  static String json(List<Version> versions, ProviderAnswer answer) {
    return Json.page(json -> {
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
      json.writeStringField("provider", word(answer));
      json.writeEndObject();
    });
  }

  private static String word(ProviderAnswer answer) {
    return switch (answer) {
      case ProviderAnswer.Taken _ -> "takes_it";
      case ProviderAnswer.Refused _ -> "refuses_it";
      case ProviderAnswer.Unclear _ -> "unclear";
      case ProviderAnswer.Unreachable _ -> "unreachable";
      case ProviderAnswer.NotTried _ -> "not_tried";
    };
  }

  private static String sentence(ProviderAnswer answer) {
    return switch (answer) {
      case ProviderAnswer.Taken _ -> "The provider takes it.";
      case ProviderAnswer.Refused(int status) -> "The provider refuses it with " + status + ".";
      case ProviderAnswer.Unclear(int status) ->
          "The provider answered " + status + ", which says nothing of the key.";
      case ProviderAnswer.Unreachable _ -> "The provider could not be reached.";
      case ProviderAnswer.NotTried _ -> "Not tried at the provider: say --base-url.";
    };
  }

  /** Whole days, hours or minutes. */
  static String age(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + " d";
    }
    return age.toHours() > 0 ? age.toHours() + " h" : Math.max(0, age.toMinutes()) + " min";
  }
}
