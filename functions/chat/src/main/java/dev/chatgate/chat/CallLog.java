package dev.chatgate.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.RequestId;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Credential;
import dev.chatgate.usage.Consumption;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of JSON a call, and one a defect. A line holds ids, names, numbers and codes; no key,
 * nothing of a prompt or an answer.
 */
final class CallLog {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST_FOREIGN_TEXT = 64;
  private static final int FRAMES = 8;

  private final PrintStream out;
  private final InstantSource clock;

  CallLog(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Starts the line of a call. */
  Line begin(RequestId requestId, GatewayRequest request) {
    var line = new Line(clock.instant());
    line.put("request_id", requestId.value());
    line.put("door", request.door().name().toLowerCase(java.util.Locale.ROOT));
    line.put("method", safe(request.method()));
    request.header("x-request-id").ifPresent(id -> line.put("client_request_id", safe(id)));
    request.header("x-stainless-lang").ifPresent(lang -> line.put("client", safe(lang)));
    request
        .header("x-stainless-package-version")
        .ifPresent(version -> line.put("client_version", safe(version)));
    request
        .header("x-stainless-retry-count")
        .ifPresent(count -> line.put("client_retry_count", safe(count)));
    return line;
  }

  /** Writes the line of a call. */
  void end(Line line) {
    line.put("duration_ms", Duration.between(line.began, clock.instant()).toMillis());
    write("call", line.fields);
  }

  /**
   * Writes the line of an event that is no HTTP call.
   *
   * @param what what it was taken for
   */
  void event(String what) {
    write("event", Map.of("event", what));
  }

  /**
   * Writes the line of a defect: its class and where it arose. Its message stays out, for it may
   * quote what was sent.
   */
  void defect(RequestId requestId, Throwable defect) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("request_id", requestId.value());
    fields.put("error", defect.getClass().getName());
    fields.put(
        "at",
        String.join(
            " < ",
            Arrays.stream(defect.getStackTrace())
                .limit(FRAMES)
                .map(StackTraceElement::toString)
                .toList()));
    write("defect", fields);
  }

  private void write(String kind, Map<String, Object> fields) {
    var text = new StringWriter(256);
    try (var json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", clock.instant().toString());
      json.writeStringField("kind", kind);
      for (var field : fields.entrySet()) {
        write(json, field.getKey(), field.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes every character", e);
    }
    // One call, so that lines of calls at the same time do not mix.
    out.println(text);
  }

  private static void write(JsonGenerator json, String name, Object value) throws IOException {
    if (value instanceof Long number) {
      json.writeNumberField(name, number);
    } else if (value instanceof Boolean flag) {
      json.writeBooleanField(name, flag);
    } else {
      json.writeStringField(name, value.toString());
    }
  }

  /** Visible ASCII, at most 64 characters: what others sent must not break a line or grow it. */
  static String safe(String foreign) {
    var safe = new StringBuilder();
    for (int i = 0; i < foreign.length() && safe.length() < LONGEST_FOREIGN_TEXT; i++) {
      char c = foreign.charAt(i);
      if (c > 0x20 && c < 0x7F) {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  /** The fields of one call's line, filled in as the call goes on. */
  static final class Line {
    private final Instant began;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Line(Instant began) {
      this.began = began;
    }

    /** When the call came in. */
    Instant began() {
      return began;
    }

    void put(String name, Object value) {
      fields.put(name, value);
    }

    void status(int status) {
      put("status", (long) status);
    }

    void code(ErrorCode code) {
      put("code", code.wireName());
    }

    void clientGone() {
      put("client_gone", true);
    }

    void credential(Credential credential) {
      put("tenant", credential.tenant().id().value());
      put("key", credential.keyName());
    }

    void millis(String name, Duration duration) {
      put(name, duration.toMillis());
    }

    void consumption(Consumption consumption) {
      put("prompt_tokens", consumption.counts().prompt());
      put("cached_tokens", consumption.counts().cached());
      put("completion_tokens", consumption.counts().completion());
      if (consumption instanceof Consumption.Estimated) {
        put("estimated", true);
      }
    }
  }
}
