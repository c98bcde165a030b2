package dev.chatgate.bench.bill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The monthly bill of one stack, computed from unit prices and from what a call uses. The tables in
 * the operator's guide are its output. It also runs as a single file, with a JDK 25 and without a
 * build:
 *
 * <pre>
 * {@code java infra/bench/src/main/java/dev/chatgate/bench/bill/Bill.java CALLS SECONDS plain|streamed}
 * </pre>
 */
public final class Bill {
  private static final double MILLION = 1e6;
  private static final double GIGABYTE = 1e9;

  /** The provider's key, and the keys that sign client secrets. */
  public static final int SECRETS = 2;

  /** The template's default memory of the doors' functions, in MB of 2^20 bytes. */
  public static final int MEGABYTES = 384;

  /** Widgets of the dashboard that search the log at each refresh. */
  public static final int LOG_WIDGETS = 4;

  private static final double SECONDS_BETWEEN_SECRET_READS = 240;
  private static final double RECONCILER_RUNS = 60 * 24 * 365 / 12.0;

  /** Records are kept for 400 days, so that in the long run this number of months is stored. */
  private static final double MONTHS_KEPT = 400 * 12 / 365.0;

  private Bill() {}

  /**
   * AWS's prices in us-east-1, in dollars, without free tiers and discounts, as of November 2026.
   */
  public static final class Price {
    static final double LAMBDA_REQUEST = 0.20 / MILLION;
    static final double LAMBDA_GB_SECOND_ARM = 0.0000133334;
    static final double HTTP_API_REQUEST = 1.00 / MILLION;
    static final double WRITE_UNIT = 0.625 / MILLION;
    static final double READ_UNIT = 0.125 / MILLION;
    static final double TABLE_GB_MONTH = 0.25;
    static final double RECOVERY_GB_MONTH = 0.20;
    static final double LOG_GB = 0.50;
    static final double LOG_SEARCH_GB = 0.005;
    static final double OUT_GB = 0.09;
    static final double SECRET = 0.40;
    static final double SECRET_READ = 0.05 / 10_000;
    static final double ALARM_METRIC = 0.10;
    static final double COMPOSITE_ALARM = 0.50;
    static final double METRIC = 0.30;
    static final double DASHBOARD = 3.00;

    private Price() {}
  }

  /**
   * The parts of a stack that are billed also without calls.
   *
   * @param alarmMetrics number of metrics in alarms; an expression counts each of its metrics, an
   *     anomaly band two more
   * @param compositeAlarms alarms over other alarms
   * @param dashboards number of dashboards; also counted although the first three of an account are
   *     free
   * @param idleMetrics number of custom metrics that are published without calls, which are the
   *     reconciler's
   */
  public record FixedParts(
      int alarmMetrics, int compositeAlarms, int dashboards, int idleMetrics) {}

  /**
   * A month's calls.
   *
   * @param calls number of calls in a month
   * @param seconds time that an instance is busy with a call, which is mostly the provider's time
   * @param streamed true for the function URL, false for API Gateway
   * @param writeUnits write units of a call: 3 in traffic; 6 for a single call, because its tenant
   *     enters and leaves the index
   * @param readUnits read units of a call. An instance reads key, tenant and prices every 30 s, so
   *     that a single call always reads them
   * @param secretReads reads of the two secrets of a call. An instance in use reads each again
   *     every 240 s, so that a single call always reads them
   * @param metrics number of custom metrics in addition to the idle ones
   */
  public record Traffic(
      double calls,
      double seconds,
      boolean streamed,
      double writeUnits,
      double readUnits,
      double secretReads,
      int metrics) {

    /** Traffic with this number of calls a month. */
    public static Traffic of(double calls, double seconds, boolean streamed) {
      boolean lone = calls < 100_000;
      return new Traffic(
          calls,
          seconds,
          streamed,
          lone ? 6 : 3,
          lone ? 4 : 1,
          lone ? SECRETS : SECRETS * seconds / SECONDS_BETWEEN_SECRET_READS,
          calls == 0 ? 0 : 20);
    }

    /**
     * Bytes of a request to the provider and of an answer to the client. A stream of 300 tokens has
     * 300 events.
     */
    double bytesOut() {
      return streamed ? 60_000 : 6_000;
    }
  }

  /**
   * One line of the bill.
   *
   * @param what what is billed
   * @param arithmetic how it is computed, for the reader
   * @param dollars dollars a month
   */
  public record Line(String what, String arithmetic, double dollars) {}

  private static final double GB_OF_MEMORY = MEGABYTES / 1024.0;

  /** Three writes one after the other, of 4 ms each. */
  private static final double STORE_SECONDS = 0.012;

  /** HTTP APIs count a request once for each part of this many bytes. */
  private static final double METERED_BYTES = 512 * 1024;

  /**
   * Billed time of a call that is refused before the store is asked: 5 ms at 1,024 MB, and more in
   * proportion with less of a processor.
   */
  private static final double REFUSAL_SECONDS = 0.013;

  /** Lambda's own lines for an invocation: its start, its end, and its report. */
  private static final double INVOCATION_LOG_BYTES = 500;

  /**
   * Bytes of the gateway's own log for each refusal of a flood. In 10 s an instance writes two
   * lines of 1 kB and one of 0.5 kB for refusals that are alike, and refuses up to 770 in that
   * time; a test of the gateway measures it.
   */
  private static final double REFUSAL_LOG_BYTES = 5;

  /**
   * Reads of the store for a bearer token that can be no credential; a test of the gateway counts.
   */
  private static final double REFUSAL_READS = 0;

  private static final double ENTRY_BYTES = 40;

  /** A call that is held for an end user has a larger entry, and two writes more. */
  private static final double ENTRY_BYTES_WITH_TIERS = 49;

  private static final int WRITE_UNITS_OF_TIERS = 2;

  /** The quota item of an end user, with what DynamoDB counts for each item. */
  private static final double END_USER_BYTES = 400;

  /** The quota item without entries, in kB. */
  private static final double ITEM_KILOBYTES = 0.5;

  private static final double LARGE_BODY_BYTES = 4 * 1024 * 1024;
  private static final double HOURS_OF_A_MONTH = 365 * 24 / 12.0;
  private static final double HOURS_SHOWN = 3;
  private static final double REFRESHES_AN_HOUR = 60;

  // A line of at most 1.9 kB, and Lambda's own lines for an invocation.
  private static final double LOG_BYTES = 2_400;
  private static final double RECORD_BYTES = 700;

  /** The lines of a month. */
  public static List<Line> lines(FixedParts parts, Traffic traffic) {
    var lines = new ArrayList<>(fixed(parts));
    if (traffic.calls() > 0) {
      lines.addAll(perCall(traffic));
    }
    return lines;
  }

  /** The sum of the lines in dollars. */
  public static double total(List<Line> lines) {
    return lines.stream().mapToDouble(Line::dollars).sum();
  }

  private static List<Line> fixed(FixedParts parts) {
    return List.of(
        new Line("secrets", SECRETS + " × $0.40", SECRETS * Price.SECRET),
        new Line(
            "alarms",
            "%d metrics × $0.10 + %d composite × $0.50"
                .formatted(parts.alarmMetrics(), parts.compositeAlarms()),
            parts.alarmMetrics() * Price.ALARM_METRIC
                + parts.compositeAlarms() * Price.COMPOSITE_ALARM),
        new Line(
            "dashboard", parts.dashboards() + " × $3.00", parts.dashboards() * Price.DASHBOARD),
        new Line(
            "metrics without calls",
            parts.idleMetrics() + " × $0.30",
            parts.idleMetrics() * Price.METRIC),
        new Line(
            "reconciler",
            "43,800 runs: requests, 0.1 s of 0.5 GB, a read unit, 1 kB of log",
            RECONCILER_RUNS
                * (Price.LAMBDA_REQUEST
                    + 0.05 * Price.LAMBDA_GB_SECOND_ARM
                    + Price.READ_UNIT
                    + 1_000 / GIGABYTE * Price.LOG_GB)));
  }

  private static List<Line> perCall(Traffic traffic) {
    double calls = traffic.calls();
    var lines = new ArrayList<Line>();
    lines.add(
        new Line(
            "Lambda memory",
            "calls × %s s × %s GB × $0.0000133334"
                .formatted(plain(traffic.seconds()), plain(GB_OF_MEMORY)),
            calls * traffic.seconds() * GB_OF_MEMORY * Price.LAMBDA_GB_SECOND_ARM));
    lines.add(
        new Line(
            "Lambda memory, waiting for the store",
            "calls × %s s × %s GB × $0.0000133334"
                .formatted(plain(STORE_SECONDS), plain(GB_OF_MEMORY)),
            calls * STORE_SECONDS * GB_OF_MEMORY * Price.LAMBDA_GB_SECOND_ARM));
    lines.add(new Line("Lambda requests", "calls × $0.20 / M", calls * Price.LAMBDA_REQUEST));
    if (!traffic.streamed()) {
      lines.add(new Line("API Gateway", "calls × $1.00 / M", calls * Price.HTTP_API_REQUEST));
    }
    lines.add(
        new Line(
            "DynamoDB writes",
            "calls × %s units × $0.625 / M".formatted(plain(traffic.writeUnits())),
            calls * traffic.writeUnits() * Price.WRITE_UNIT));
    lines.add(
        new Line(
            "DynamoDB reads",
            "calls × %s units × $0.125 / M".formatted(plain(traffic.readUnits())),
            calls * traffic.readUnits() * Price.READ_UNIT));
    lines.add(
        new Line(
            "secret reads",
            "calls × %s × $0.05 / 10,000".formatted(plain(traffic.secretReads())),
            calls * traffic.secretReads() * Price.SECRET_READ));
    lines.add(
        new Line(
            "records of 400 days",
            "calls × 0.7 kB × 13.15 months × ($0.25 + $0.20 to restore them) / GB",
            calls
                * RECORD_BYTES
                / GIGABYTE
                * MONTHS_KEPT
                * (Price.TABLE_GB_MONTH + Price.RECOVERY_GB_MONTH)));
    lines.add(
        new Line(
            "logs", "calls × 2.4 kB × $0.50 / GB", calls * LOG_BYTES / GIGABYTE * Price.LOG_GB));
    lines.add(
        new Line(
            "data out",
            "calls × %s kB × $0.09 / GB".formatted(plain(traffic.bytesOut() / 1000)),
            calls * traffic.bytesOut() / GIGABYTE * Price.OUT_GB));
    lines.add(
        new Line("metrics", traffic.metrics() + " × $0.30", traffic.metrics() * Price.METRIC));
    return lines;
  }

  private static final List<Traffic> EXAMPLES =
      List.of(
          Traffic.of(MILLION, 3, false),
          Traffic.of(MILLION, 15, true),
          Traffic.of(MILLION, 60, true));

  /** The two tables of the operator's guide: every line for a million calls, then totals. */
  public static String guide() {
    var page = new StringBuilder();
    page.append(
        "| a million calls a month | worked out as | plain, 3 s | streamed, 15 s | streamed, 60 s |\n");
    page.append("| --- | --- | --- | --- | --- |\n");
    var bills = EXAMPLES.stream().map(traffic -> lines(STACK, traffic)).toList();
    for (var line : bills.getFirst()) {
      page.append(row(line.what(), generalised(line), bills, line.what()));
    }
    page.append(row("**together**", "", bills, ""));
    page.append("\n| calls a month | plain, 3 s | streamed, 15 s | streamed, 60 s |\n");
    page.append("| --- | --- | --- | --- |\n");
    page.append(totals("0, with `Watch=off`", UNWATCHED, 0));
    for (double calls : List.of(0.0, 10_000.0, MILLION, 100 * MILLION)) {
      page.append(totals(String.format(Locale.ROOT, "%,.0f", calls), STACK, calls));
    }
    return page.append('\n').append(busyTenant()).append('\n').append(elsewhere()).toString();
  }

  /**
   * Write units of a call by the number of calls that its tenant has in flight: the record, and two
   * writes of an item that grows with each call in flight.
   */
  public static double writeUnits(int callsInFlight) {
    return writeUnits(callsInFlight, ENTRY_BYTES);
  }

  /** The same for calls of end users whose tenant has tiers: the end user's item is written too. */
  public static double writeUnitsWithTiers(int callsInFlight) {
    return WRITE_UNITS_OF_TIERS + writeUnits(callsInFlight, ENTRY_BYTES_WITH_TIERS);
  }

  private static double writeUnits(int callsInFlight, double entryBytes) {
    return 1 + 2 * Math.ceil(ITEM_KILOBYTES + callsInFlight * entryBytes / 1_024);
  }

  private static String busyTenant() {
    var calls = new StringBuilder("| calls in flight of one tenant |");
    var rule = new StringBuilder("| --- |");
    var units = new StringBuilder("| write units of a call |");
    var dollars = new StringBuilder("| writes of a million calls |");
    var unitsWithTiers = new StringBuilder("| write units of a call, with tiers |");
    var dollarsWithTiers = new StringBuilder("| writes of a million calls, with tiers |");
    for (int inFlight : List.of(1, 20, 100, 438, 876)) {
      double each = writeUnits(inFlight);
      calls.append(' ').append(inFlight).append(" |");
      rule.append(" --- |");
      units.append(' ').append(plain(each)).append(" |");
      dollars.append(' ').append(dollars(MILLION * each * Price.WRITE_UNIT)).append(" |");
      double withTiers = writeUnitsWithTiers(inFlight);
      unitsWithTiers.append(' ').append(plain(withTiers)).append(" |");
      dollarsWithTiers
          .append(' ')
          .append(dollars(MILLION * withTiers * Price.WRITE_UNIT))
          .append(" |");
    }
    return String.join("\n", calls, rule, units, dollars, unitsWithTiers, dollarsWithTiers, "");
  }

  /** What refused calls cost, and looking at the dashboard. */
  private static String elsewhere() {
    double refusals = total(refusals(false));
    double api = MILLION * Price.HTTP_API_REQUEST;
    double parts = Math.ceil(LARGE_BODY_BYTES / METERED_BYTES);
    double searched = MILLION / HOURS_OF_A_MONTH * HOURS_SHOWN * LOG_BYTES / GIGABYTE;
    var table =
        new StringBuilder("| what else costs | worked out as | USD |\n| --- | --- | --- |\n");
    for (var line :
        List.of(
            new Line(
                "a million calls with a made-up token, at the URL",
                "$0.20 / M, 13 ms × %s GB, 0.5 kB of log".formatted(plain(GB_OF_MEMORY)),
                refusals),
            new Line("the same at the API", "$1.00 / M more", refusals + api),
            new Line(
                "the same with bodies of 4 MB",
                "API Gateway counts each %s times".formatted(plain(parts)),
                refusals + parts * api),
            new Line(
                "more for each million, if the deployment has chosen keys",
                "a read unit",
                MILLION * Price.READ_UNIT),
            new Line(
                "a million refusals by a limit in the store, beside the first line",
                "a write unit for each kB of the quota item",
                MILLION * Price.WRITE_UNIT),
            new Line(
                "a million refusals by an end user's limit, beside the first line",
                "a write unit; none for 3 s after a refusal",
                MILLION * Price.WRITE_UNIT),
            new Line(
                "a month of a million end users who called in it",
                "0.4 kB × ($0.25 + $0.20 to restore them) / GB",
                MILLION
                    * END_USER_BYTES
                    / GIGABYTE
                    * (Price.TABLE_GB_MONTH + Price.RECOVERY_GB_MONTH)),
            new Line(
                "an hour of looking at the dashboard, for each million calls a month",
                "log of 3 h × %d widgets × 60 refreshes × $0.005 / GB".formatted(LOG_WIDGETS),
                searched * LOG_WIDGETS * REFRESHES_AN_HOUR * Price.LOG_SEARCH_GB))) {
      table.append(
          "| %s | %s | %s |\n".formatted(line.what(), line.arithmetic(), dollars(line.dollars())));
    }
    return table.toString();
  }

  /**
   * What a million calls without a valid credential cost, in a flood of calls that are alike.
   *
   * @param api whether they come to API Gateway, else to the function URL
   */
  public static List<Line> refusals(boolean api) {
    return List.of(
        new Line("Lambda requests", "$0.20 / M", MILLION * Price.LAMBDA_REQUEST),
        new Line(
            "Lambda memory",
            "13 ms × %s GB × $0.0000133334".formatted(plain(GB_OF_MEMORY)),
            MILLION * REFUSAL_SECONDS * GB_OF_MEMORY * Price.LAMBDA_GB_SECOND_ARM),
        new Line("API Gateway", "$1.00 / M", api ? MILLION * Price.HTTP_API_REQUEST : 0),
        new Line(
            "DynamoDB reads",
            "%s units × $0.125 / M".formatted(plain(REFUSAL_READS)),
            MILLION * REFUSAL_READS * Price.READ_UNIT),
        new Line(
            "Lambda's own log lines",
            "0.5 kB × $0.50 / GB",
            MILLION * INVOCATION_LOG_BYTES / GIGABYTE * Price.LOG_GB),
        new Line(
            "the gateway's log lines",
            "5 bytes × $0.50 / GB",
            MILLION * REFUSAL_LOG_BYTES / GIGABYTE * Price.LOG_GB));
  }

  /** The operator's guide's table of the cost of a flood. */
  public static String flood() {
    var page =
        new StringBuilder(
            """
            | a million calls without a valid credential | worked out as | at the URL | at the API |
            | --- | --- | --- | --- |
            """);
    var bills = List.of(refusals(false), refusals(true));
    for (var line : bills.getFirst()) {
      page.append(row(line.what(), line.arithmetic(), bills, line.what()));
    }
    return page.append(row("**together**", "", bills, "")).toString();
  }

  private static String generalised(Line line) {
    return line.arithmetic()
        .replace("× 3 s", "× s")
        .replace("× 0.025 ×", "× 2 × s / 240 s ×")
        .replace("× 6 kB", "× 6 or 60 kB");
  }

  private static String row(String what, String how, List<List<Line>> bills, String name) {
    var row = new StringBuilder("| " + what + " | " + how + " |");
    for (var bill : bills) {
      double sum =
          bill.stream()
              .filter(line -> name.isEmpty() || line.what().equals(name))
              .mapToDouble(Line::dollars)
              .sum();
      row.append(' ').append(dollars(sum)).append(" |");
    }
    return row.append('\n').toString();
  }

  private static String totals(String name, FixedParts parts, double calls) {
    var row = new StringBuilder("| " + name + " |");
    for (var example : EXAMPLES) {
      var traffic = Traffic.of(calls, example.seconds(), example.streamed());
      row.append(' ').append(dollars(total(lines(parts, traffic)))).append(" |");
    }
    return row.append('\n').toString();
  }

  /** Formats dollars: with cents below 100, rounded to whole dollars above. */
  public static String dollars(double amount) {
    return String.format(Locale.ROOT, amount < 100 ? "%,.2f" : "%,.0f", amount);
  }

  private static String plain(double number) {
    return number == Math.rint(number)
        ? Long.toString(Math.round(number))
        : Double.toString(number);
  }

  /** Prints the bill for the traffic in the arguments. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("guide")) {
      System.out.print(guide());
      return;
    }
    if (args.length == 1 && args[0].equals("flood")) {
      System.out.print(flood());
      return;
    }
    if (args.length != 3) {
      System.err.println("Bill CALLS_A_MONTH SECONDS_A_CALL plain|streamed");
      System.exit(2);
    }
    var traffic =
        Traffic.of(
            Double.parseDouble(args[0]), Double.parseDouble(args[1]), args[2].equals("streamed"));
    var lines = lines(STACK, traffic);
    for (var line : lines) {
      System.out.printf(
          Locale.ROOT, "%12s  %s: %s%n", dollars(line.dollars()), line.what(), line.arithmetic());
    }
    System.out.printf(Locale.ROOT, "%12s  a month, in dollars%n", dollars(total(lines)));
  }

  /** The fixed parts of the template's stack; a test compares them with the template. */
  public static final FixedParts STACK = new FixedParts(52, 1, 1, 3);

  /** The fixed parts with {@code Watch=off}. */
  public static final FixedParts UNWATCHED = new FixedParts(0, 0, 0, 0);
}
