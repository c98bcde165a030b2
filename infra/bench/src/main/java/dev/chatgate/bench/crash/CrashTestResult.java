package dev.chatgate.bench.crash;

import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Result;
import dev.chatgate.usage.UsageRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a crash test.
 *
 * @param seed the seed of the random choices
 * @param kills a line for each kill
 * @param load the callers
 * @param runs the reconciler's answers
 * @param leftForPersons entries in flight at persons after the runs: of calls that died before they
 *     were held for the tenant
 * @param books the counts from the tables
 * @param audit the result of the audit
 */
record CrashTestResult(
    long seed,
    List<String> kills,
    CrashTestLoad load,
    List<String> runs,
    long leftForPersons,
    CrashTestAudit books,
    AuditRun audit) {

  Result result() {
    boolean held =
        audit.exitCode() == 0
            && books.inFlight() == 0
            && books.withoutRecord() == 0
            && books.of(UsageRecord.Kind.ORPHANED) > 0;
    var summary =
        """
        Every reservation of a killed instance is settled by the reconciler, every call that was \
        answered has its record, nothing stays held, and the audit finds no difference: **%s**.

        %s
        How calls ended for their callers:

        %s\
        """
            .formatted(held ? "held" : "NOT held", numbers(), ends());
    return new Result(held, summary, raw());
  }

  private String numbers() {
    long calls = load.ends().values().stream().mapToLong(Long::longValue).sum();
    return Markdown.table(
        List.of("what", "count"),
        List.of(
            row("calls", calls),
            row("of them answered to the last byte", load.answered().size()),
            row("instances killed (SIGKILL)", kills.size()),
            row("records of calls that settled themselves", books.of(UsageRecord.Kind.CALL)),
            row(
                "records of orphans, settled by the reconciler",
                books.of(UsageRecord.Kind.ORPHANED)),
            row("tombstones of admissions given up", books.of(UsageRecord.Kind.RELEASED)),
            row("corrections", books.of(UsageRecord.Kind.CORRECTION)),
            row("entries of persons left to their next call, which settled them", leftForPersons),
            row("answered calls without a record", books.withoutRecord()),
            row("entries still in flight", books.inFlight()),
            row("exit code of the audit", audit.exitCode())));
  }

  private static List<String> row(String name, long count) {
    return List.of(name, Long.toString(count));
  }

  private String ends() {
    var rows = new ArrayList<List<String>>();
    load.ends().forEach((end, count) -> rows.add(row(end, count)));
    return Markdown.table(List.of("end", "calls"), rows);
  }

  private String raw() {
    return "seed: %d\nkills: %s\nreconciler, two runs: %s\naudit: %s\n"
        .formatted(seed, String.join("; ", kills), String.join(" ", runs), audit.output());
  }
}
