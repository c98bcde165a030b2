package dev.chatgate.gateway.log;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.telemetry.LogLine;
import dev.chatgate.telemetry.Metric;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts refusals that are alike, so that a flood of them does not fill the log: in {@link
 * #WINDOW}, the first {@link #OWN_LINES} of a kind have a line each, and the others one line
 * together, with their number as metrics. Refusals of more than {@link #MAX_KINDS} kinds are
 * counted by code and limit only, which the metrics need. Thread-safe.
 */
final class RefusalCounts {
  /** How long refusals are counted before their line is written. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** How many refusals of a kind have a line of their own in a window. */
  static final int OWN_LINES = 2;

  /**
   * Most kinds that are told apart in a window. Three lines for each, two for all others, and one
   * for each code of these are less than 100 lines in 10 s, for requests without a credential.
   */
  static final int MAX_KINDS = 20;

  /**
   * What refusals that are alike have in common.
   *
   * @param code the error's code
   * @param status the answer's status
   * @param door the door's name
   * @param limit the limit that refused, and whose it is; empty if none did
   * @param tenant the tenant's id, if it is known
   * @param sourceIp the caller's address, if it is logged
   */
  record Kind(
      ErrorCode code,
      int status,
      String door,
      Optional<LimitOf> limit,
      Optional<String> tenant,
      Optional<String> sourceIp) {
    private Kind withoutCaller() {
      return new Kind(code, status, door, limit, Optional.empty(), Optional.empty());
    }
  }

  /**
   * A limit.
   *
   * @param key the limit's key
   * @param scope whose limit it is, by its wire name
   */
  record LimitOf(String key, String scope) {}

  /** Refusals without a line of their own. */
  private static final class Count {
    private final Instant first;
    private Instant last;
    private long refusals;
    private long metered;

    Count(Instant first) {
      this.first = first;
      this.last = first;
    }

    void add(boolean isMetered, Instant now) {
      refusals++;
      metered += isMetered ? 1 : 0;
      last = now;
    }
  }

  /**
   * A line and the time of its metrics.
   *
   * @param line a complete line but for its time
   * @param at when the last of the refusals came
   */
  record Summary(LogLine line, Instant at) {}

  private final Map<Kind, Integer> ownLines = new LinkedHashMap<>();
  private final Map<Kind, Count> counts = new LinkedHashMap<>();
  private final Map<Kind, Count> others = new LinkedHashMap<>();
  private int otherLines;
  private Instant began = Instant.MIN;

  /**
   * Counts a refusal, unless it is to have a line of its own.
   *
   * @param kind what it has in common with others
   * @param isMetered whether the request was a call of a metered operation
   * @param now the present, for which {@link #ended} has been asked before
   * @return whether it is to have a line of its own; then it is not counted
   */
  synchronized boolean hasOwnLine(Kind kind, boolean isMetered, Instant now) {
    if (ownLines.isEmpty()) {
      began = now;
    }
    if (!ownLines.containsKey(kind) && ownLines.size() >= MAX_KINDS) {
      if (otherLines < OWN_LINES) {
        otherLines++;
        return true;
      }
      others.computeIfAbsent(kind.withoutCaller(), _ -> new Count(now)).add(isMetered, now);
      return false;
    }
    int lines = ownLines.getOrDefault(kind, 0);
    if (lines < OWN_LINES) {
      ownLines.put(kind, lines + 1);
      return true;
    }
    counts.computeIfAbsent(kind, _ -> new Count(now)).add(isMetered, now);
    return false;
  }

  /**
   * The lines for what was counted, once the window is over; a new one begins then. A clock that
   * was set back ends it too.
   */
  synchronized List<Summary> ended(Instant now) {
    if (ownLines.isEmpty() || Duration.between(began, now).abs().compareTo(WINDOW) < 0) {
      return List.of();
    }
    var ended = new ArrayList<Summary>();
    counts.forEach((kind, count) -> ended.add(summary(kind, count, false)));
    others.forEach((kind, count) -> ended.add(summary(kind, count, true)));
    ownLines.clear();
    counts.clear();
    others.clear();
    otherLines = 0;
    return ended;
  }

  private static Summary summary(Kind kind, Count count, boolean others) {
    var line =
        new LogLine("refusals")
            .text("door", kind.door())
            .number("status", kind.status())
            .text("code", kind.code().wireName());
    kind.tenant().ifPresent(tenant -> line.text("tenant", tenant));
    kind.sourceIp().ifPresent(address -> line.text("source_ip", address));
    if (others) {
      line.flag("others", true);
    }
    line.text("first", count.first.truncatedTo(ChronoUnit.MILLIS).toString())
        .metric(Metric.ERRORS, count.refusals);
    if (count.metered > 0) {
      line.metric(Metric.CALLS, count.metered);
    }
    kind.limit()
        .ifPresent(limit ->
            line.text("limit", limit.key())
                .text("limit_scope", limit.scope())
                .metric(Metric.REFUSALS, count.refusals));
    return new Summary(line, count.last);
  }
}
