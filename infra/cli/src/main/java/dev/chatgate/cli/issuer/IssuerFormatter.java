package dev.chatgate.cli.issuer;

import dev.chatgate.admin.IssuerJson;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Formats issuers. */
final class IssuerFormatter {
  private IssuerFormatter() {}

  /** A table with one line per issuer. */
  static String table(List<Issuer> issuers) {
    var table =
        new TextTable(
            List.of(
                Column.text("ISSUER"),
                Column.text("AUDIENCE"),
                Column.text("END USER"),
                Column.text("TIER"),
                Column.text("REQUIRED"),
                Column.text("KEYS")));
    for (var issuer : issuers) {
      table.row(
          issuer.issuer(),
          issuer.audienceClaim() + " = " + String.join(", ", issuer.audiences()),
          issuer.userPrefix().map(prefix -> prefix + " + ").orElse("") + issuer.userClaim(),
          issuer.tierClaim().orElse("none"),
          required(issuer),
          keys(issuer));
    }
    return table.toString();
  }

  /** A JSON list in the format of {@code issuers} in {@code CHATGATE_TENANTS}. */
  static String json(List<Issuer> issuers) {
    return JsonOutput.pretty(IssuerJson.write(issuers));
  }

  private static String required(Issuer issuer) {
    var claims = new ArrayList<String>();
    new TreeMap<>(issuer.requiredClaims())
        .forEach((name, claim) -> claims.add(name + " = " + value(claim)));
    return claims.isEmpty() ? "none" : String.join(", ", claims);
  }

  private static String value(RequiredClaim claim) {
    return switch (claim) {
      case RequiredClaim.Text(var text) -> '"' + text + '"';
      case RequiredClaim.Numeric(var number) -> number.toString();
      case RequiredClaim.Flag(var flag) -> Boolean.toString(flag);
    };
  }

  private static String keys(Issuer issuer) {
    return issuer.jwks().isPresent()
        ? "stored"
        : issuer.jwksUri().map(URI::toString).orElse("discovered");
  }
}
