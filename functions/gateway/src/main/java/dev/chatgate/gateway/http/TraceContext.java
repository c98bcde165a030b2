package dev.chatgate.gateway.http;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The gateway's span in a trace, according to <a href="https://www.w3.org/TR/trace-context-2/">W3C
 * Trace Context</a>: It continues the client's trace if its {@code traceparent} is valid, otherwise
 * the trace that AWS started for the invocation, otherwise it starts a new one. The span is the
 * parent of the provider's spans.
 *
 * @param traceId 32 lower-case hexadecimal digits
 * @param spanId the gateway's span, 16 lower-case hexadecimal digits
 * @param flags 1 if the caller recorded the trace, 2 if the trace id is random
 * @param state the client's {@code tracestate}, if its trace is continued
 */
public record TraceContext(String traceId, String spanId, int flags, Optional<String> state) {
  /** The header with AWS's trace. */
  public static final String AWS_HEADER = "x-amzn-trace-id";

  /**
   * The system property in which AWS's runtime client stores the invocation's trace for the X-Ray
   * SDK.
   */
  public static final String RUNTIME_PROPERTY = "com.amazonaws.xray.traceHeader";

  private static final int SAMPLED = 1;
  private static final int RANDOM = 2;
  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;
  private static final int MAX_STATE = 512;

  private static final Pattern PARENT =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final Pattern AWS_ROOT = Pattern.compile("Root=1-([0-9a-f]{8})-([0-9a-f]{24})");
  private static final Pattern ZEROS = Pattern.compile("0+");

  /**
   * Creates the trace context of a call.
   *
   * @param headers by lower-case name, including {@value #AWS_HEADER} of the invocation
   * @param random a source that is not copied by a snapshot
   */
  public static TraceContext of(Map<String, String> headers, RandomGenerator random) {
    var spanId = hex(random, SPAN_BYTES);
    return fromClient(headers, spanId)
        .or(() -> fromAws(headers.getOrDefault(AWS_HEADER, ""), spanId))
        .orElseGet(() -> fresh(random, spanId));
  }

  private static Optional<TraceContext> fromClient(Map<String, String> headers, String spanId) {
    var parent = PARENT.matcher(headers.getOrDefault("traceparent", ""));
    if (!parent.matches() || !isValid(parent)) {
      return Optional.empty();
    }
    int flags = HexFormat.fromHexDigits(parent.group(4)) & (SAMPLED | RANDOM);
    var state = Optional.ofNullable(headers.get("tracestate")).filter(TraceContext::isState);
    return Optional.of(new TraceContext(parent.group(2), spanId, flags, state));
  }

  /** A later version may have more fields after a dash; version ff is invalid. */
  private static boolean isValid(Matcher parent) {
    var version = parent.group(1);
    return !version.equals("ff")
        && (parent.group(5) == null || !version.equals("00"))
        && !ZEROS.matcher(parent.group(2)).matches()
        && !ZEROS.matcher(parent.group(3)).matches();
  }

  private static boolean isState(String state) {
    return !state.isBlank()
        && state.length() <= MAX_STATE
        && state.indexOf('=') > 0
        && state.chars().allMatch(c -> (c >= 0x20 && c < 0x7F) || c == '\t');
  }

  private static Optional<TraceContext> fromAws(String header, String spanId) {
    var root = AWS_ROOT.matcher(header);
    if (!root.find()) {
      return Optional.empty();
    }
    int flags = header.contains("Sampled=1") ? SAMPLED : 0;
    return Optional.of(
        new TraceContext(root.group(1) + root.group(2), spanId, flags, Optional.empty()));
  }

  private static TraceContext fresh(RandomGenerator random, String spanId) {
    return new TraceContext(hex(random, TRACE_BYTES), spanId, RANDOM, Optional.empty());
  }

  private static String hex(RandomGenerator random, int bytes) {
    var id = new byte[bytes];
    String digits;
    do {
      random.nextBytes(id);
      digits = HexFormat.of().formatHex(id);
    } while (ZEROS.matcher(digits).matches());
    return digits;
  }

  /** The value of the {@code traceparent} header for the provider. */
  public String parent() {
    return "00-" + traceId + "-" + spanId + "-0" + flags;
  }
}
