package dev.chatgate.cli.signing;

import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Formats the result of {@code signing-key list}, without the keys themselves. */
final class SigningKeyFormatter {
  private SigningKeyFormatter() {}

  static String table(SigningSecret secret, Instant now) {
    var table =
        new TextTable(List.of(Column.text("KEY"), Column.text("STATE"), Column.text("FROM")));
    for (var key : byStart(secret)) {
      // The first key is as old as the deployment; its time is not stored.
      var from = key.from().equals(Instant.EPOCH) ? "the beginning" : key.from().toString();
      table.row(key.kid(), state(key, secret, now), from);
    }
    return table.toString();
  }

  static String json(SigningSecret secret, Instant now) {
    return JsonOutput.pretty(json -> {
      json.writeStartArray();
      for (var key : byStart(secret)) {
        json.writeStartObject();
        json.writeStringField("kid", key.kid());
        json.writeStringField("state", state(key, secret, now));
        json.writeStringField("from", key.from().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private static List<SigningKey> byStart(SigningSecret secret) {
    return secret.keys().stream().sorted(Comparator.comparing(SigningKey::from)).toList();
  }

  private static String state(SigningKey key, SigningSecret secret, Instant now) {
    if (key.kid().equals(secret.signingKey(now).kid())) {
      return "signs";
    }
    return key.from().isAfter(now) ? "waits" : "verifies";
  }
}
