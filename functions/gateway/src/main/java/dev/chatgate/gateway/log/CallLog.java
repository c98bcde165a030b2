package dev.chatgate.gateway.log;

import dev.chatgate.RequestId;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.Route;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.ProviderResult;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.Settlement;
import dev.chatgate.telemetry.LogLine;
import dev.chatgate.telemetry.Metric;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.UsageRecord;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One line of JSON a call, metrics included, and one a defect. Many refusals that are alike have
 * one line together ({@link RefusalCounts}). A line holds ids, names, numbers and codes; no key,
 * nothing of a prompt or an answer. Fields have the names of OpenTelemetry's conventions for
 * generative AI where these have one.
 */
public final class CallLog {
  private static final int MAX_FOREIGN_TEXT = 64;
  private static final int MAX_REASON = 24;
  private static final int MAX_REASONS = 4;
  private static final int FRAMES = 8;

  /** Length of the longest address, of IP version 6 with one of version 4 in it. */
  private static final int MAX_ADDRESS = 45;

  /** Stands for the code where the provider's own words passed through. */
  private static final String PASSED_THROUGH = "provider_refused";

  private final PrintStream out;
  private final InstantSource clock;
  private final MetricSource source;
  private final boolean addresses;
  private final RefusalCounts refusals = new RefusalCounts();

  /** A log without callers' addresses. */
  public CallLog(PrintStream out, InstantSource clock, MetricSource source) {
    this(out, clock, source, false);
  }

  /**
   * @param out gets the lines
   * @param clock the present
   * @param source the function that publishes the metrics
   * @param addresses whether lines contain the caller's address
   */
  public CallLog(PrintStream out, InstantSource clock, MetricSource source, boolean addresses) {
    this.out = out;
    this.clock = clock;
    this.source = source;
    this.addresses = addresses;
  }

  /** Starts the line of a call. */
  public Line begin(RequestId requestId, GatewayRequest request) {
    var line = new Line(clock.instant(), request.door().name());
    line.text("request_id", requestId.value());
    line.text("door", request.door().name());
    if (addresses) {
      request.sourceIp().filter(CallLog::isAddress).ifPresent(line::sourceIp);
    }
    line.text("method", safe(request.method()));
    request.header("x-request-id").ifPresent(id -> line.text("client_request_id", safe(id)));
    client(request).ifPresent(client -> line.text("client", safe(client)));
    request
        .header("x-stainless-retry-count")
        .flatMap(CallLog::count)
        .ifPresent(count -> line.number("client_retries", count));
    return line;
  }

  /** The client library: what OpenAI's say of themselves, else the first word of the user agent. */
  private static Optional<String> client(GatewayRequest request) {
    var version = request.header("x-stainless-package-version").map(v -> "/" + v).orElse("");
    return request
        .header("x-stainless-lang")
        .map(lang -> "openai-" + lang + version)
        .or(() -> request.header("user-agent").map(agent -> agent.strip().split("[ (]", 2)[0]))
        .filter(client -> !client.isEmpty());
  }

  private static Optional<Long> count(String text) {
    boolean isCount = text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isCount && !text.isEmpty() ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /**
   * Writes the line of a call, and one of each warning that the call is the first to reach. A
   * refusal that is one of many may only be counted.
   */
  public void end(Line line) {
    var now = clock.instant();
    writeCounted(now);
    if (line.refusal().map(kind -> refusals.hasOwnLine(kind, line.metered, now)).orElse(true)) {
      line.finish(Duration.between(line.began, now));
      line.json.writeTo(out, source, now);
    }
    line.warnings().forEach(warning -> warning.writeTo(out, source, now));
  }

  /**
   * Writes the line of an event that is no HTTP call.
   *
   * @param what what it was taken for
   */
  public void event(String what) {
    write(new LogLine("event").text("event", what));
  }

  /**
   * Writes how far the warm-up before a snapshot came.
   *
   * @param rounds rounds of warm-up requests that were done
   * @param took the whole time of the warm-up
   */
  public void warmedUp(int rounds, Duration took) {
    write(
        new LogLine("event")
            .text("event", "warm-up")
            .number("warm_up_rounds", rounds)
            .number("duration_ms", took.toMillis()));
  }

  /** Writes that a tenant's bucket was found in an impossible state, and lowered to a full one. */
  public void bucketRepaired(TenantId tenant) {
    write(new LogLine("event").text("event", "bucket repaired").text("tenant", tenant.value()));
  }

  /**
   * Writes the line of a defect: its class and where it arose. Its message stays out, for it may
   * quote what was sent.
   */
  public void defect(RequestId requestId, Throwable defect) {
    var frames =
        Arrays.stream(defect.getStackTrace())
            .limit(FRAMES)
            .map(StackTraceElement::toString)
            .toList();
    write(
        new LogLine("defect")
            .text("request_id", requestId.value())
            .text("error", defect.getClass().getName())
            .text("at", String.join(" < ", frames)));
  }

  private void write(LogLine line) {
    var now = clock.instant();
    writeCounted(now);
    line.writeTo(out, source, now);
  }

  /** Writes what was counted, if it is time. */
  private void writeCounted(Instant now) {
    refusals.ended(now).forEach(summary -> summary.line().writeTo(out, source, summary.at()));
  }

  /** Whether a text looks like an address of IP version 4 or 6. */
  private static boolean isAddress(String text) {
    return text.length() <= MAX_ADDRESS
        && (text.indexOf('.') >= 0 || text.indexOf(':') >= 0)
        && text.chars().allMatch(CallLog::isOfAddress);
  }

  private static boolean isOfAddress(int c) {
    return c < 0x7F && (Character.digit(c, 16) >= 0 || c == '.' || c == ':');
  }

  /** Visible ASCII, at most 64 characters: what others sent must not break a line or grow it. */
  public static String safe(String foreign) {
    var safe = new StringBuilder();
    for (int i = 0; i < foreign.length() && safe.length() < MAX_FOREIGN_TEXT; i++) {
      char c = foreign.charAt(i);
      if (c > 0x20 && c < 0x7F) {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  /** The fields of one call's line, written as the call goes on. */
  public static final class Line {
    private final Instant began;
    private final String door;
    private final LogLine json = new LogLine("call");
    private int status;
    private Optional<ErrorCode> code = Optional.empty();
    private boolean passedThrough;
    private boolean metered;
    private boolean reserved;
    private Optional<String> sourceIp = Optional.empty();
    private Optional<RefusalCounts.LimitOf> limit = Optional.empty();
    private Optional<String> tenant = Optional.empty();
    private Optional<String> endUser = Optional.empty();
    private List<QuotaWarning> warnings = List.of();

    private Line(Instant began, String door) {
      this.began = began;
      this.door = door;
    }

    /** When the call came in. */
    public Instant began() {
      return began;
    }

    public void text(String name, String value) {
      json.text(name, value);
    }

    void number(String name, long value) {
      json.number(name, value);
    }

    void millis(String name, Duration duration) {
      json.number(name, duration.toMillis());
    }

    /** 1 where it is so, and nothing where it is not. */
    private void once(Metric metric, boolean isSo) {
      if (isSo) {
        json.metric(metric, 1);
      }
    }

    private void some(Metric metric, long number) {
      if (number > 0) {
        json.metric(metric, number);
      }
    }

    private void sourceIp(String address) {
      sourceIp = Optional.of(address);
      text("source_ip", address);
    }

    /** The answer's head: the last one counts. */
    public void status(int last) {
      status = last;
    }

    /** The answer's error: the last one counts. */
    public void code(ErrorCode last) {
      code = Optional.of(last);
    }

    /** The provider's refusal of the tenant's request is the answer. */
    public void passedThrough() {
      passedThrough = true;
    }

    public void clientGone() {
      json.flag("client_gone", true);
    }

    public void route(Route route) {
      text("route", route.name());
      metered = route instanceof Route.Metered;
    }

    public void caller(Caller caller) {
      tenant = Optional.of(caller.tenant().id().value());
      text("tenant", caller.tenant().id().value());
      text("key", caller.keyName());
      text(
          "credential",
          switch (caller.kind()) {
            case TENANT_KEY -> "key";
            case CLIENT_SECRET -> "client_secret";
            case LOGIN -> "login";
          });
    }

    /**
     * The client secret that was used or minted.
     *
     * @param id its random id
     */
    public void clientSecret(String id) {
      text("client_secret", id);
    }

    /**
     * The end user.
     *
     * @param hash as {@link EndUserHash} makes it
     */
    public void endUser(String hash) {
      endUser = Optional.of(hash);
      text("end_user", hash);
    }

    /** The end user's tier, if one limits the call. */
    public void tier(Caller caller) {
      caller.tier().ifPresent(tier -> text("end_user_tier", tier.name()));
      if (caller.namesUnknownTier()) {
        json.flag("unknown_tier", true);
      }
    }

    /** The request names an end user, but its credential may not. */
    public void endUserHeaderIgnored() {
      json.flag("end_user_header_ignored", true);
    }

    public void trace(TraceContext trace) {
      text("trace_id", trace.traceId());
      text("span_id", trace.spanId());
    }

    public void request(String operation, String model, boolean stream) {
      text("gen_ai.operation.name", operation);
      text("gen_ai.request.model", safe(model));
      json.flag("gen_ai.request.stream", stream);
    }

    /** How admission went. */
    public void admission(Duration took, int attempts) {
      millis("admission_ms", took);
      some(Metric.LEDGER_RETRIES, attempts - 1L);
    }

    /** Admission refused. */
    public void refusedBy(Refusal refusal) {
      limit =
          Optional.of(new RefusalCounts.LimitOf(refusal.limit().key(), refusal.scope().wireName()));
      text("limit", refusal.limit().key());
      text("limit_scope", refusal.scope().wireName());
      json.metric(Metric.REFUSALS, 1);
    }

    /** How the provider was called. */
    public void provider(Duration took, ProviderResult result) {
      millis("provider_ms", took);
      some(Metric.PROVIDER_RETRIES, result.repeats());
      once(Metric.PREVIOUS_KEY, result.previousKeyUsed());
      if (result.keyReplaced()) {
        json.flag("key_replaced", true);
      }
      finishReasons(result.finishReasons());
    }

    private void finishReasons(Collection<String> reasons) {
      if (!reasons.isEmpty()) {
        var known = new TreeSet<String>();
        reasons.stream().limit(MAX_REASONS).map(Line::reason).forEach(known::add);
        json.texts("gen_ai.response.finish_reasons", known);
      }
    }

    /** A provider may write anything there. */
    private static String reason(String word) {
      boolean plain = word.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '_');
      return plain && word.length() <= MAX_REASON ? word : "other";
    }

    public void firstByte(Duration took) {
      json.seconds(Metric.FIRST_CHUNK, took.toMillis());
    }

    /** What the call used, and how far its settlement came. */
    public void settled(Consumption consumption, Settlement settlement) {
      reserved = true;
      json.metric(Metric.INPUT_TOKENS, consumption.counts().prompt());
      some(Metric.CACHED_TOKENS, consumption.counts().cached());
      json.metric(Metric.OUTPUT_TOKENS, consumption.counts().completion());
      once(Metric.ESTIMATED, consumption instanceof Consumption.Estimated);
      once(Metric.UNSETTLED, settlement.progress() != Settlement.Progress.APPLIED);
      text("settlement", settlement.progress().name().toLowerCase(Locale.ROOT));
      settlement.rejection().ifPresent(cause -> text("settlement_cause", reason(cause)));
      record(settlement.record());
      warnings = settlement.warnings();
    }

    private List<LogLine> warnings() {
      return warnings.stream().map(this::line).toList();
    }

    private LogLine line(QuotaWarning warning) {
      var line = new LogLine("warning");
      tenant.ifPresent(name -> line.text("tenant", name));
      if (warning.scope() == Refusal.Scope.END_USER) {
        endUser.ifPresent(hash -> line.text("end_user", hash));
      }
      return line.text("limit_scope", warning.scope().wireName())
          .text("limit", warning.limit().key())
          .number("percent", warning.percent())
          .number("settled", warning.settled())
          .number("allowed", warning.allowed())
          .metric(Metric.WARNINGS, 1);
    }

    /** An error's code or class: its message may quote what was sent. */
    private static String reason(RuntimeException cause) {
      return cause instanceof StoreUnavailableException failure
          ? failure.reason()
          : cause.getClass().getName();
    }

    private void record(UsageRecord record) {
      number("reserved_tokens", record.reservedTokens());
      some(Metric.COST, record.charged().microUsd());
      once(Metric.OVERRUNS, record.overrun());
    }

    /** What kind of refusal the call was; empty if it reserved something, succeeded or failed. */
    private Optional<RefusalCounts.Kind> refusal() {
      return code.filter(last -> !reserved && !passedThrough && last.status() < 500)
          .map(last -> new RefusalCounts.Kind(last, status, door, limit, tenant, sourceIp));
    }

    private void finish(Duration took) {
      number("status", status);
      boolean fault = status >= 500 || code.filter(last -> last.status() >= 500).isPresent();
      code.map(ErrorCode::wireName)
          .or(() -> passedThrough ? Optional.of(PASSED_THROUGH) : Optional.empty())
          .ifPresent(name -> {
            text("code", name);
            json.metric(Metric.ERRORS, 1);
          });
      if (status == 200 && code.isPresent()) {
        json.flag("cut", true);
      }
      once(Metric.PROVIDER_FAILURES, code.filter(ErrorCode::fromProvider).isPresent());
      if (metered) {
        json.metric(Metric.CALLS, 1);
        json.metric(Metric.FAULTS, fault ? 1 : 0);
        json.metric(Metric.DURATION, took.toMillis());
      } else {
        once(Metric.FAULTS, fault);
        number(Metric.DURATION.wireName(), took.toMillis());
      }
    }
  }
}
