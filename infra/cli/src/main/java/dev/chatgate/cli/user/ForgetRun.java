package dev.chatgate.cli.user;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.cli.console.Progress;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes an end user from the call records of a tenant, one UTC day after the other. What was
 * removed is not found again, so a run that was interrupted is completed by another one.
 */
final class ForgetRun {
  /**
   * A call of which the record is still to be applied, or to be written, began at most this long
   * ago: the longest call takes 15 minutes, and the attempts to settle it less than one.
   */
  private static final Duration MAX_IN_FLIGHT = Duration.ofMinutes(20);

  private static final int MAX_DAYS_PER_READ = 92;
  private static final double READ_USD = 0.03e-6;

  private final DynamoUsageRecords records;
  private final UsageReader usage;
  private final PrintWriter err;
  private final Progress progress;
  private final Tenant tenant;
  private final EndUser endUser;
  private final EndUserHash hash;

  /**
   * @param records the call records
   * @param usage the daily totals, from which the price is estimated
   * @param err standard error
   * @param progress shows how much of the records has been read
   * @param tenant the tenant
   * @param endUser the end user
   */
  ForgetRun(
      DynamoUsageRecords records,
      UsageReader usage,
      PrintWriter err,
      Progress progress,
      Tenant tenant,
      EndUser endUser) {
    this.records = records;
    this.usage = usage;
    this.err = err;
    this.progress = progress;
    this.tenant = tenant;
    this.endUser = endUser;
    this.hash = EndUserHash.of(tenant.id(), endUser);
  }

  /**
   * How a run ended.
   *
   * @param removed records from which the end user was removed
   * @param left records that still name the end user, since their calls may be in flight
   * @param repeatAt when those calls are no longer in flight
   */
  record Outcome(long removed, long left, Instant repeatAt) {
    /** What to tell the operator. */
    List<String> lines() {
      var removal = "Removed the end user from " + Amounts.count(removed, "record") + ".";
      return left == 0
          ? List.of(removal)
          : List.of(
              removal,
              "%s of the last 20 minutes still %s the end user. Run the command again after %s."
                  .formatted(
                      Amounts.count(left, "record"),
                      left == 1 ? "names" : "name",
                      repeatAt.truncatedTo(ChronoUnit.SECONDS)));
    }
  }

  /** The oldest day of which there may be records. */
  static LocalDate oldestDay(Instant now) {
    return day(now.minus(DynamoUsageRecords.KEPT_FOR)).minusDays(1);
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /** One sentence that says what a run costs, estimated from the daily totals. */
  String price(LocalDate from, Instant now) {
    long calls = 0;
    for (var first = from; !first.isAfter(day(now)); first = first.plusDays(MAX_DAYS_PER_READ)) {
      var last = first.plusDays(MAX_DAYS_PER_READ - 1L);
      calls +=
          usage.read(tenant, first, last, each -> each.day().getYear()).tallies().values().stream()
              .mapToLong(UsageTotals::calls)
              .sum();
    }
    return ("This reads about %s of tenant %s, for about $%.2f, and changes those of the end user,"
            + " for at most $1.25 per million.")
        .formatted(
            Amounts.whole(calls) + (calls == 1 ? " record" : " records"),
            tenant.id(),
            calls * READ_USD);
  }

  /**
   * Reads the records and changes those of the end user.
   *
   * @param from the first day
   * @param now when the end user's counters were removed
   * @throws StoreUnavailableException if the store does not answer; standard error then says from
   *     which day to continue
   */
  Outcome run(LocalDate from, Instant now) {
    var settled = now.minus(MAX_IN_FLIGHT);
    progress.begin("Reading call records", ChronoUnit.DAYS.between(from, day(now)) + 1);
    long removed = 0;
    for (var day = from; !day.isAfter(day(settled)); day = day.plusDays(1)) {
      try {
        removed += removeFrom(day, settled);
      } catch (StoreUnavailableException e) {
        progress.end();
        err.println(
            "Stopped at the records of %s, after %s. To continue: the same command with --from %s"
                .formatted(day, Amounts.count(removed, "change"), day));
        throw e;
      }
      progress.step();
    }
    progress.end();
    // A call's correction of its own orphan is dated by the call's deadline, in the future.
    long left = find(settled, now.plus(MAX_IN_FLIGHT)).size();
    return new Outcome(removed, left, now.plus(MAX_IN_FLIGHT));
  }

  private long removeFrom(LocalDate day, Instant settled) {
    var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    var end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return find(start, end.isAfter(settled) ? settled : end).stream()
        .filter(key -> records.removeEndUser(key, endUser, hash))
        .count();
  }

  private List<UsageRecord.Key> find(Instant from, Instant to) {
    var found = new ArrayList<UsageRecord.Key>();
    records.forEach(
        tenant.id(),
        from,
        to,
        record -> {
          if (isOfEndUser(record)) {
            found.add(record.key());
          }
        });
    return found;
  }

  /** The ID decides; a record without one, of a call that died, has the hash alone. */
  private boolean isOfEndUser(UsageRecord record) {
    Optional<String> id = record.call().flatMap(UsageRecord.Call::endUser);
    return id.map(endUser.id()::equals)
        .orElseGet(
            () -> record.endUser().map(EndUserShare::endUser).filter(hash::equals).isPresent());
  }
}
