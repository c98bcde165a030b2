package dev.chatgate.cli.signing;

import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.secret.EdgeSecret;
import java.util.List;

/** Formats the result of {@code edge-secret show}, with the secrets themselves. */
final class EdgeSecretFormatter {
  private EdgeSecretFormatter() {}

  static String table(List<EdgeSecret> secrets) {
    var table = new TextTable(List.of(Column.text("EDGE SECRET"), Column.text("STATE")));
    for (int i = 0; i < secrets.size(); i++) {
      table.row(secrets.get(i).value(), state(i, secrets));
    }
    return table.toString();
  }

  static String json(List<EdgeSecret> secrets) {
    return JsonOutput.pretty(json -> {
      json.writeStartArray();
      for (int i = 0; i < secrets.size(); i++) {
        json.writeStartObject();
        json.writeStringField("value", secrets.get(i).value());
        json.writeStringField("state", state(i, secrets));
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private static String state(int position, List<EdgeSecret> secrets) {
    return position == secrets.size() - 1 ? "newest" : "older";
  }
}
