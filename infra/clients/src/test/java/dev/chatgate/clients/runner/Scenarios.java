package dev.chatgate.clients.runner;

import dev.chatgate.clients.runner.Call.Extra;
import dev.chatgate.clients.runner.Scenario.Answers;
import dev.chatgate.clients.runner.Scenario.Breaks;
import dev.chatgate.clients.runner.Scenario.Fails;
import dev.chatgate.clients.runner.Scenario.Left;
import dev.chatgate.clients.runner.Scenario.Repeated;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cases in the README of this module. */
final class Scenarios {
  private static final long MAX_MILLIS = 20_000;
  private static final String WHOLE_TEXT = "Grüße, 世界 🌍!";
  private static final Map<String, Object> TEXT =
      Map.of(Answer.TEXT, WHOLE_TEXT, Answer.FINISH, "stop");
  private static final Map<String, Object> TEXT_AND_USAGE =
      Map.of(Answer.TEXT, WHOLE_TEXT, Answer.FINISH, "stop", Answer.USAGE, List.of(7L, 11L, 18L));
  private static final Map<String, Object> TOOL_CALL =
      Map.of(
          Answer.FINISH,
          "tool_calls",
          Answer.TOOL_CALL,
          List.of("call_1", "get_weather", Map.of("city", "Köln")));
  private static final Call HEAVY = Call.of("heavy").atMost(5500);

  private final Map<String, Scenario> all = new LinkedHashMap<>();

  private Scenarios() {
    basics();
    errors();
    retries();
    all.put("abort", new Left(Call.of("slow")));
    shapes();
    breaks();
  }

  /** All cases by name. */
  static Map<String, Scenario> all() {
    return new Scenarios().all;
  }

  /** The text that is sent before a stream breaks. */
  static String text() {
    return WHOLE_TEXT;
  }

  private void basics() {
    plain("plain", Call.of("plain"), TEXT_AND_USAGE);
    plain("plain-api", Call.of("plain").at(Variables.API_URL), TEXT_AND_USAGE);
    streamed("stream", Call.of("plain"), TEXT);
    streamed("stream-usage", Call.of("plain").withUsage(), TEXT_AND_USAGE);
    streamed("stream-api", Call.of("plain").at(Variables.API_URL).withUsage(), TEXT_AND_USAGE);
    plain("tools", Call.of("tools").with(Extra.TOOL), TOOL_CALL);
    streamed("tools-stream", Call.of("tools").with(Extra.TOOL), TOOL_CALL);
    plain(
        "structured",
        Call.of("structured").with(Extra.FORMAT),
        Map.of(Answer.OBJECT, Map.of("city", "Köln", "degrees", 21)));
    streamed(
        "choices",
        Call.of("choices").with(Extra.TWO_CHOICES),
        Map.of(Answer.CHOICES, List.of("answer number 0", "answer number 1")));
    plain(
        "logprobs",
        Call.of("logprobs").with(Extra.LOGPROBS),
        Map.of(Answer.LOGPROBS, List.of("Hi", -0.25)));
    streamed(
        "reasoning",
        Call.of("reasoning"),
        Map.of(Answer.TEXT, WHOLE_TEXT, Answer.REASONING, "Let me think."));
    streamed(
        "client-secret", Call.of("plain").by(Variables.CLIENT_SECRET).withUsage(), TEXT_AND_USAGE);
  }

  private void plain(String name, Call call, Map<String, Object> parts) {
    all.put(name, new Answers(call, false, parts, MAX_MILLIS));
  }

  private void streamed(String name, Call call, Map<String, Object> parts) {
    all.put(name, new Answers(call, true, parts, MAX_MILLIS));
  }

  private void errors() {
    Call plain = Call.of("plain");
    Optional<String> temperature = Optional.of("temperature");
    error("error-400", plain.tooHot(), 400, "invalid_value", temperature);
    error("error-400-api", plain.tooHot().at(Variables.API_URL), 400, "invalid_value", temperature);
    all.put(
        "error-400-stream",
        new Fails(plain.tooHot(), true, 400, "invalid_value", temperature, false, false));
    error(
        "error-400-provider",
        Call.of("400"),
        400,
        "context_length_exceeded",
        Optional.of("messages"));
    error("error-401", plain.by(Variables.UNKNOWN), 401, "invalid_api_key");
    error("error-403-model", plain.by(Variables.NARROW), 403, "model_not_allowed");
    error("error-403-suspended", plain.by(Variables.SUSPENDED), 403, "tenant_suspended");
    error("error-404", plain.at(Variables.STREAM_URL + "/nowhere"), 404, "unknown_url");
    all.put(
        "error-429-rate",
        new Fails(
            plain.by(Variables.LIMITED),
            false,
            429,
            "rate_limit_exceeded",
            Optional.empty(),
            true,
            true));
    error("error-429-quota", HEAVY.by(Variables.SPENT), 429, "insufficient_quota");
    error(
        "error-429-quota-api",
        HEAVY.by(Variables.SPENT).at(Variables.API_URL),
        429,
        "insufficient_quota");
    providerErrors();
  }

  private void providerErrors() {
    error(
        "error-too-large",
        Call.of("plain").by(Variables.PACED).atMost(7000),
        400,
        "reserve_too_large");
    error("error-200", Call.of("200-error"), 502, "upstream_error");
    error("error-500", Call.of("500"), 502, "upstream_error");
    error("error-500-api", Call.of("500").at(Variables.API_URL), 502, "upstream_error");
    error("error-auth", Call.of("401"), 502, "upstream_auth");
    error("error-html", Call.of("html"), 502, "upstream_invalid_response");
    all.put(
        "error-503",
        new Fails(
            Call.of("429"), false, 503, "upstream_overloaded", Optional.empty(), false, true));
    all.put(
        "error-504",
        new Fails(Call.of("hang"), true, 504, "upstream_timeout", Optional.empty(), false, false));
  }

  private void error(String name, Call call, int status, String code) {
    error(name, call, status, code, Optional.empty());
  }

  private void error(String name, Call call, int status, String code, Optional<String> param) {
    all.put(name, new Fails(call, false, status, code, param, false, false));
  }

  private void retries() {
    all.put(
        "retry-rate",
        new Repeated(
            // The API door settles before it answers, so that this call is no longer in flight.
            Optional.of(HEAVY.by(Variables.PACED).at(Variables.API_URL)),
            Call.of("plain").by(Variables.PACED).atMost(800).withOwnRetries(),
            true));
    repeated("retry-quota", HEAVY.by(Variables.SPENT));
    repeated("retry-500", Call.of("500").by(Variables.COUNTED));
    repeated("retry-inside", Call.of("503-once").by(Variables.COUNTED));
  }

  private void repeated(String name, Call call) {
    all.put(name, new Repeated(Optional.empty(), call.withOwnRetries(), false));
  }

  private void shapes() {
    for (String name :
        List.of(
            "crlf",
            "cr",
            "no-space",
            "comments",
            "id-comment",
            "split-1",
            "split-2",
            "split-3",
            "quiet-end",
            "done-space",
            "usage-in-last",
            "after-usage",
            "error-null",
            "no-choices",
            "ping",
            "empty-data",
            "gzip",
            "wrong-type",
            "no-blank-line",
            "surplus")) {
      streamed(name, Call.of(name).withUsage(), TEXT_AND_USAGE);
    }
    all.put(
        "open-after-done",
        new Answers(Call.of("open-after-done").withUsage(), true, TEXT_AND_USAGE, 2500));
    streamed("usage-in-last-unasked", Call.of("usage-in-last"), TEXT);
    streamed("refuses-usage", Call.of("refuses-usage"), TEXT);
  }

  private void breaks() {
    all.put("cut", new Breaks(Call.of("cut"), "upstream_incomplete"));
    all.put("reset", new Breaks(Call.of("reset"), "upstream_incomplete"));
    all.put("stall", new Breaks(Call.of("stall"), "upstream_timeout"));
    all.put("error-in-stream", new Breaks(Call.of("error-in-stream"), "model_crashed"));
    all.put("error-event", new Breaks(Call.of("error-event"), "model_crashed"));
    all.put("error-number", new Breaks(Call.of("error-number"), "529"));
    all.put("error-text", new Breaks(Call.of("error-text"), "upstream_error"));
  }
}
