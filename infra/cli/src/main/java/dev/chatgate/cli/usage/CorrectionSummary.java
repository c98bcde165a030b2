package dev.chatgate.cli.usage;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.cli.text.TextTable.Column;
import dev.chatgate.usage.TokenCounts;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageTotals;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/**
 * Formats a correction.
 *
 * @param call the call's record
 * @param charged what the call is charged now
 * @param corrected what the call should be charged
 */
record CorrectionSummary(UsageRecord call, UsageTotals charged, UsageTotals corrected) {
  private static final Pattern VALID_REASON = Pattern.compile("\\P{Cntrl}{1,200}");

  /** Far above what a provider can count in one call. */
  private static final long MAX_TOKENS = 10_000_000_000L;

  /**
   * Checks the reason of a correction.
   *
   * @throws CommandException if it is blank, longer than 200 characters or has control characters
   */
  static void checkReason(String reason) {
    if (reason.isBlank() || !VALID_REASON.matcher(reason).matches()) {
      throw CommandException.error("--reason must be 1 to 200 characters on one line.");
    }
  }

  /**
   * Checks the token counts of the command line.
   *
   * @param charged what the call is charged now, the default of cached tokens
   * @throws CommandException if a count is out of range
   */
  static TokenCounts counts(
      long prompt, Optional<Long> cached, long completion, UsageTotals charged) {
    long cachedTokens = cached.orElse(Math.clamp(charged.cached(), 0, Math.max(0, prompt)));
    if (prompt < 0 || completion < 0 || prompt > MAX_TOKENS || completion > MAX_TOKENS) {
      throw CommandException.error(
          "Token counts must be from 0 to " + Amounts.whole(MAX_TOKENS) + ".");
    }
    if (cachedTokens < 0 || cachedTokens > prompt) {
      throw CommandException.error("--cached-tokens must be from 0 to --prompt-tokens.");
    }
    return new TokenCounts(prompt, cachedTokens, completion);
  }

  private UsageTotals difference() {
    return corrected.minus(charged).withoutCalls();
  }

  boolean changesNothing() {
    return difference().equals(UsageTotals.ZERO);
  }

  private String name() {
    return call.call().map(Call::requestId).orElse(call.key().id());
  }

  String table() {
    var table =
        new TextTable(
            List.of(
                Column.text(name()),
                Column.number("CHARGED"),
                Column.number("CORRECTED"),
                Column.number("CHANGE")));
    row(table, "prompt tokens", charged.prompt(), corrected.prompt(), Amounts::whole);
    row(table, "of these cached", charged.cached(), corrected.cached(), Amounts::whole);
    row(table, "completion tokens", charged.completion(), corrected.completion(), Amounts::whole);
    row(table, "cost", charged.microUsd(), corrected.microUsd(), Amounts::exactDollars);
    return "Tenant %s, model %s, admitted %s:%n%s"
        .formatted(
            call.key().tenant(), TextTable.printable(call.model()), call.key().admittedAt(), table);
  }

  private static void row(
      TextTable table, String label, long before, long after, LongFunction<String> format) {
    table.row(label, format.apply(before), format.apply(after), format.apply(after - before));
  }

  String done() {
    var change = difference();
    return "Corrected %s: prompt %s, cached %s, completion %s, cost %s.%n"
        .formatted(
            name(),
            signed(change.prompt(), Amounts::whole),
            signed(change.cached(), Amounts::whole),
            signed(change.completion(), Amounts::whole),
            signed(change.microUsd(), Amounts::exactDollars));
  }

  private static String signed(long change, LongFunction<String> format) {
    return (change > 0 ? "+" : "") + format.apply(change);
  }

  String json() {
    return JsonOutput.pretty(json -> {
      json.writeStartObject();
      json.writeStringField("tenant", call.key().tenant().value());
      json.writeStringField("id", call.key().id());
      json.writeStringField("model", call.model());
      json.writeObjectFieldStart("correction");
      ReportFormatter.writeTokens(json, difference());
      json.writeNumberField("cost_micro_usd", difference().microUsd());
      json.writeEndObject();
      json.writeEndObject();
    });
  }
}
