package dev.chatgate.cli.usage;

import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.Json;
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
 * A correction in words.
 *
 * @param call the call's record
 * @param charged what it is charged so far
 * @param truth what it should be
 */
record CorrectionText(UsageRecord call, UsageTotals charged, UsageTotals truth) {
  private static final Pattern REASON = Pattern.compile("\\P{Cntrl}{1,200}");

  /** No provider counts more in one call. */
  private static final long MOST_TOKENS = 10_000_000_000L;

  /**
   * @throws RefusedException if the record cannot keep it
   */
  static void checkReason(String reason) {
    if (reason.isBlank() || !REASON.matcher(reason).matches()) {
      throw RefusedException.cannotRun("--reason must be 1 to 200 characters on one line.");
    }
  }

  /**
   * What a line says that a call used.
   *
   * @throws RefusedException if no call can have
   */
  static TokenCounts counts(
      long prompt, Optional<Long> cached, long completion, UsageTotals charged) {
    long cachedTokens = cached.orElse(Math.clamp(charged.cached(), 0, Math.max(0, prompt)));
    if (prompt < 0 || completion < 0 || prompt > MOST_TOKENS || completion > MOST_TOKENS) {
      throw RefusedException.cannotRun("Token counts are 0 to " + Amounts.whole(MOST_TOKENS) + ".");
    }
    if (cachedTokens < 0 || cachedTokens > prompt) {
      throw RefusedException.cannotRun("Cached tokens are part of the prompt's.");
    }
    return new TokenCounts(prompt, cachedTokens, completion);
  }

  private UsageTotals difference() {
    return truth.minus(charged).withoutCalls();
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
                Column.number("SHOULD BE"),
                Column.number("CHANGE")));
    row(table, "prompt tokens", charged.prompt(), truth.prompt(), Amounts::whole);
    row(table, "of them cached", charged.cached(), truth.cached(), Amounts::whole);
    row(table, "completion tokens", charged.completion(), truth.completion(), Amounts::whole);
    row(table, "cost", charged.microUsd(), truth.microUsd(), Amounts::dollars);
    return "Tenant %s, model %s, admitted %s:%n%s"
        .formatted(
            call.key().tenant(), TextTable.printable(call.model()), call.key().admittedAt(), table);
  }

  private static void row(
      TextTable table, String what, long before, long after, LongFunction<String> words) {
    table.row(what, words.apply(before), words.apply(after), words.apply(after - before));
  }

  String done() {
    var change = difference();
    return "%s is corrected: prompt %s, cached %s, completion %s, cost %s.%n"
        .formatted(
            name(),
            signed(change.prompt(), Amounts::whole),
            signed(change.cached(), Amounts::whole),
            signed(change.completion(), Amounts::whole),
            signed(change.microUsd(), Amounts::dollars));
  }

  private static String signed(long change, LongFunction<String> words) {
    return (change > 0 ? "+" : "") + words.apply(change);
  }

  String json() {
    return Json.page(json -> {
      json.writeStartObject();
      json.writeStringField("tenant", call.key().tenant().value());
      json.writeStringField("id", call.key().id());
      json.writeStringField("model", call.model());
      json.writeObjectFieldStart("correction");
      ReportText.writeTokens(json, difference());
      json.writeNumberField("cost_micro_usd", difference().microUsd());
      json.writeEndObject();
      json.writeEndObject();
    });
  }
}
