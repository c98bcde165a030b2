package dev.chatgate.bench.bill;

import dev.chatgate.bench.bill.Bill.Line;
import dev.chatgate.bench.bill.Bill.Price;
import dev.chatgate.bench.report.Markdown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The cost of a million calls in dollars, without free tiers, computed from the measured use of one
 * call. It shows the gateway's own work and the time in which an instance waits for the provider
 * separately; Lambda bills both at the same price. {@link Bill} computes the monthly bill of a
 * whole stack.
 */
public final class BillPerMillion {
  private static final double MILLION = 1e6;
  private static final double GIGABYTE = 1e9;
  private static final double MEGABYTES_A_GIGABYTE = 1024;
  private static final double MILLIS_A_SECOND = 1000;

  /**
   * The memory in MB at which Lambda provides one full processor; with less memory it provides a
   * proportional share.
   */
  private static final double MEGABYTES_A_PROCESSOR = 1769;

  /** Size of Lambda's own three log lines for an invocation, in bytes. */
  private static final double PLATFORM_LOG_BYTES = 500;

  /** The provider's times for which the table shows the cost, in seconds. */
  private static final List<Integer> WAITS = List.of(0, 1, 10);

  private BillPerMillion() {}

  /**
   * The use of one call.
   *
   * @param name the column's heading, such as {@code plain, API}
   * @param behindApiGateway true for API Gateway, false for a function URL, which is free
   * @param processorMillis user and system time of the function's process in ms
   * @param memoryMegabytes the configured memory in MB, which is billed
   * @param writeUnits DynamoDB write units
   * @param readUnits DynamoDB read units, without reads that many calls share
   * @param logBytes bytes that the function logs
   */
  public record Use(
      String name,
      boolean behindApiGateway,
      double processorMillis,
      int memoryMegabytes,
      double writeUnits,
      double readUnits,
      double logBytes) {

    /** Rejects negative values. */
    public Use {
      if (!(processorMillis >= 0 && writeUnits >= 0 && readUnits >= 0 && logBytes >= 0)) {
        throw new IllegalArgumentException("negative use: " + name);
      }
      if (memoryMegabytes < 128 || memoryMegabytes > 10_240) {
        throw new IllegalArgumentException(memoryMegabytes + " MB is no memory of a function");
      }
    }

    /** Seconds that the gateway's work takes with the processor share of the configured memory. */
    double ownSeconds() {
      double share = Math.min(1, memoryMegabytes / MEGABYTES_A_PROCESSOR);
      return processorMillis / MILLIS_A_SECOND / share;
    }

    double gigabytes() {
      return memoryMegabytes / MEGABYTES_A_GIGABYTE;
    }
  }

  /** The lines of the bill for a million calls, without the time of waiting for the provider. */
  public static List<Line> of(Use use) {
    var lines = new ArrayList<Line>();
    lines.add(
        new Line(
            "Lambda memory while it works",
            "processor time ÷ its share at this memory × GB × $0.0000133334",
            MILLION * use.ownSeconds() * use.gigabytes() * Price.LAMBDA_GB_SECOND_ARM));
    lines.add(new Line("Lambda requests", "$0.20 / M", MILLION * Price.LAMBDA_REQUEST));
    lines.add(
        new Line(
            "API Gateway",
            "$1.00 / M",
            use.behindApiGateway() ? MILLION * Price.HTTP_API_REQUEST : 0));
    lines.add(
        new Line(
            "DynamoDB writes",
            "units × $0.625 / M",
            MILLION * use.writeUnits() * Price.WRITE_UNIT));
    lines.add(
        new Line(
            "DynamoDB reads", "units × $0.125 / M", MILLION * use.readUnits() * Price.READ_UNIT));
    lines.add(
        new Line(
            "logs",
            "(bytes + 500 of Lambda's own) × $0.50 / GB",
            MILLION * (use.logBytes() + PLATFORM_LOG_BYTES) / GIGABYTE * Price.LOG_GB));
    return lines;
  }

  /**
   * The cost of waiting for the provider in a million calls, in dollars; each call occupies an
   * instance.
   */
  public static double waiting(Use use, double seconds) {
    return MILLION * seconds * use.gigabytes() * Price.LAMBDA_GB_SECOND_ARM;
  }

  /**
   * A Markdown table with the lines of each use, their sum, and the sum including the provider's
   * time.
   */
  public static String table(List<Use> uses) {
    var head = new ArrayList<>(List.of("a million calls, USD", "worked out as"));
    uses.forEach(use -> head.add(use.name()));
    var bills = uses.stream().map(BillPerMillion::of).toList();
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < bills.getFirst().size(); i++) {
      int line = i;
      var what = bills.getFirst().get(line);
      rows.add(
          row(
              what.what(),
              what.arithmetic(),
              bills.stream().map(bill -> bill.get(line).dollars()).toList()));
    }
    for (int seconds : WAITS) {
      rows.add(
          row(
              "**together, the provider takes %d s**".formatted(seconds),
              seconds == 0 ? "" : "%d s × GB × $0.0000133334 more".formatted(seconds),
              uses.stream().map(use -> Bill.total(of(use)) + waiting(use, seconds)).toList()));
    }
    return Markdown.table(head, rows);
  }

  private static List<String> row(String what, String how, List<Double> dollars) {
    var row = new ArrayList<>(List.of(what, how));
    dollars.forEach(amount -> row.add(String.format(Locale.ROOT, "%,.2f", amount)));
    return row;
  }
}
