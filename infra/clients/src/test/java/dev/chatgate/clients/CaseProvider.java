package dev.chatgate.clients;

import static dev.chatgate.clients.Chunks.join;

import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/**
 * A fake provider whose behaviour is selected by the model's name: {@code case/crlf} ends lines
 * with CR LF, {@code case/500} always fails. The README of this module lists them all.
 */
final class CaseProvider implements AutoCloseable {
  private static final String CRASH =
      "{\"error\":{\"message\":\"The model crashed.\",\"type\":\"server_error\",\"param\":null,"
          + "\"code\":\"model_crashed\"}}";

  private static final String NUMBERED =
      "{\"error\":{\"message\":\"The model crashed.\",\"code\":529}}";

  private static final String GZIP_HEAD =
      """
      HTTP/1.1 200 OK
      content-type: text/event-stream
      content-encoding: gzip
      transfer-encoding: chunked

      """
          .replace("\n", "\r\n");

  /**
   * Bodies of calls that were seen once and succeed when repeated; separate by body, because
   * libraries run concurrently.
   */
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

  private final ScriptedProvider provider = new ScriptedProvider(this::play);

  /** Answers a call. */
  @FunctionalInterface
  private interface Play {
    void on(Wire wire, Ask ask, Chunks chunks) throws IOException, InterruptedException;
  }

  /** Sends a whole stream at once. */
  @FunctionalInterface
  private interface Shape {
    String of(Ask ask, Chunks chunks);
  }

  private final Map<String, Play> answers =
      Map.ofEntries(
          Map.entry("heavy", (wire, ask, c) -> wire.json(200, heavy(c))),
          Map.entry("tools", CaseProvider::tools),
          Map.entry("structured", CaseProvider::structured),
          Map.entry("choices", CaseProvider::choices),
          Map.entry("logprobs", CaseProvider::logprobs),
          Map.entry("reasoning", CaseProvider::reasoning),
          Map.entry("400", (wire, ask, c) -> wire.json(400, tooLong())),
          Map.entry("401", (wire, ask, c) -> wire.json(401, error("Incorrect key", "invalid"))),
          Map.entry("200-error", (wire, ask, c) -> wire.json(200, CRASH)),
          Map.entry("gzip", CaseProvider::gzip),
          Map.entry("wrong-type", CaseProvider::wrongType),
          Map.entry("surplus", CaseProvider::surplus),
          Map.entry("404", (wire, ask, c) -> wire.json(404, error("No model", "no_model"))),
          Map.entry(
              "429", (wire, ask, c) -> wire.json(429, error("Slow", "slow"), "Retry-After: 1")),
          Map.entry("500", (wire, ask, c) -> wire.json(500, CRASH)),
          Map.entry("503-once", this::failOnce),
          Map.entry("html", (wire, ask, c) -> wire.answer(200, "text/html", "<p>Welcome</p>")),
          Map.entry("hang", (wire, ask, c) -> wire.stall()),
          Map.entry("refuses-usage", CaseProvider::refuseUsage),
          Map.entry("split-1", (wire, ask, c) -> split(wire, ask, c, 1)),
          Map.entry("split-2", (wire, ask, c) -> split(wire, ask, c, 2)),
          Map.entry("split-3", (wire, ask, c) -> split(wire, ask, c, 3)),
          Map.entry("reset", (wire, ask, c) -> begin(wire, c).pause(100).reset()),
          Map.entry("stall", (wire, ask, c) -> begin(wire, c).stall()),
          Map.entry("slow", CaseProvider::slow),
          Map.entry("open-after-done", CaseProvider::openAfterDone));

  private static final Map<String, Shape> SHAPES =
      Map.ofEntries(
          Map.entry("crlf", (ask, c) -> Framing.lines("\r\n").of(whole(ask, c))),
          Map.entry("cr", (ask, c) -> Framing.lines("\r").of(whole(ask, c))),
          Map.entry("no-space", CaseProvider::noSpace),
          Map.entry("comments", CaseProvider::comments),
          Map.entry("id-comment", CaseProvider::idComment),
          Map.entry("ping", (ask, c) -> between("event: ping\n\n", ask, c)),
          Map.entry("empty-data", (ask, c) -> between("data:\n\n", ask, c)),
          Map.entry("done-space", CaseProvider::doneSpace),
          Map.entry("quiet-end", (ask, c) -> Framing.USUAL.ending("").of(whole(ask, c))),
          Map.entry("cut", (ask, c) -> Framing.USUAL.ending("").of(c.text())),
          Map.entry("error-in-stream", (ask, c) -> broken(c, "")),
          Map.entry("error-event", (ask, c) -> broken(c, "event: error\n")),
          Map.entry("error-number", (ask, c) -> brokenBy(c, NUMBERED)),
          Map.entry("error-text", (ask, c) -> brokenBy(c, "{\"error\":\"The model crashed.\"}")),
          Map.entry("no-blank-line", CaseProvider::noBlankLine),
          Map.entry("error-null", CaseProvider::errorNull),
          Map.entry("no-choices", CaseProvider::noChoices),
          Map.entry("usage-in-last", CaseProvider::usageInLast),
          Map.entry("after-usage", CaseProvider::afterUsage));

  /** The base URL. */
  URI url() {
    return provider.url();
  }

  private void play(Wire wire) throws IOException, InterruptedException {
    if (wire.request().head().startsWith("GET ")) {
      wire.json(200, "{\"object\":\"list\",\"data\":[]}");
      return;
    }
    var ask = Ask.of(wire.request().text());
    var chunks = new Chunks(ask.model());
    var shape = SHAPES.get(ask.name());
    if (shape != null && ask.stream()) {
      wire.stream(shape.of(ask, chunks));
    } else {
      answers.getOrDefault(ask.name(), CaseProvider::plain).on(wire, ask, chunks);
    }
  }

  private static void plain(Wire wire, Ask ask, Chunks chunks) throws IOException {
    if (ask.stream()) {
      wire.stream(Framing.USUAL.of(whole(ask, chunks)));
    } else {
      String text = Chunks.content(String.join("", Chunks.PIECES));
      wire.json(200, chunks.answer(text, "stop"));
    }
  }

  private static List<String> whole(Ask ask, Chunks chunks) {
    return withUsage(ask, chunks, chunks.whole());
  }

  private static List<String> withUsage(Ask ask, Chunks chunks, List<String> whole) {
    return ask.usage() ? join(whole, List.of(chunks.usage())) : whole;
  }

  private static Wire begin(Wire wire, Chunks chunks) throws IOException {
    return wire.streamHead().chunk(Framing.USUAL.some(chunks.text()));
  }

  private static String heavy(Chunks chunks) {
    return chunks.answerOf(
        "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Much.\"},"
            + "\"finish_reason\":\"stop\"}",
        "{\"prompt_tokens\":7,\"completion_tokens\":5500,\"total_tokens\":5507}");
  }

  private static void tools(Wire wire, Ask ask, Chunks chunks) throws IOException {
    if (ask.stream()) {
      List<String> deltas =
          List.of(
              toolDelta(chunks, "\"id\":\"call_1\",\"type\":\"function\",", "get_weather", ""),
              toolDelta(chunks, "", "", "{\\\"ci"),
              toolDelta(chunks, "", "", "ty\\\":\\\"Kö"),
              toolDelta(chunks, "", "", "ln\\\"}"),
              chunks.chunk(Chunks.finish(0, "tool_calls")));
      wire.stream(Framing.USUAL.of(withUsage(ask, chunks, deltas)));
    } else {
      String call =
          "{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\","
              + "\"arguments\":\"{\\\"city\\\":\\\"Köln\\\"}\"}}";
      wire.json(200, chunks.answer("\"content\":null,\"tool_calls\":[" + call + "]", "tool_calls"));
    }
  }

  private static String toolDelta(Chunks chunks, String id, String name, String arguments) {
    String named = name.isEmpty() ? "" : "\"name\":\"" + name + "\",";
    String role = name.isEmpty() ? "" : Chunks.ROLE;
    return chunks.chunk(
        Chunks.delta(
            0,
            "%s\"tool_calls\":[{\"index\":0,%s\"function\":{%s\"arguments\":\"%s\"}}]"
                .formatted(role, id, named, arguments)));
  }

  private static void structured(Wire wire, Ask ask, Chunks chunks) throws IOException {
    String object = "{\\\"city\\\":\\\"Köln\\\",\\\"degrees\\\":21}";
    wire.json(200, chunks.answer(Chunks.content(object), "stop"));
  }

  /** Sends the requested number of choices, with their pieces interleaved. */
  private static void choices(Wire wire, Ask ask, Chunks chunks) throws IOException {
    var all = new java.util.ArrayList<String>();
    for (String piece : List.of("answer ", "number ")) {
      for (int i = 0; i < ask.choices(); i++) {
        String role = piece.startsWith("a") ? Chunks.ROLE : "";
        all.add(chunks.chunk(Chunks.delta(i, role + Chunks.content(piece))));
      }
    }
    for (int i = 0; i < ask.choices(); i++) {
      all.add(chunks.chunk(Chunks.delta(i, Chunks.content("" + i))));
      all.add(chunks.chunk(Chunks.finish(i, "stop")));
    }
    wire.stream(Framing.USUAL.of(withUsage(ask, chunks, all)));
  }

  private static void logprobs(Wire wire, Ask ask, Chunks chunks) throws IOException {
    String probabilities =
        ",\"logprobs\":{\"content\":[{\"token\":\"Hi\",\"logprob\":-0.25,\"bytes\":[72,105],"
            + "\"top_logprobs\":[]}],\"refusal\":null}";
    wire.json(200, chunks.answer(Chunks.content("Hi"), "stop", probabilities));
  }

  private static void reasoning(Wire wire, Ask ask, Chunks chunks) throws IOException {
    List<String> thought =
        List.of(
            chunks.chunk(Chunks.delta(0, Chunks.ROLE + "\"reasoning_content\":\"Let me \"")),
            chunks.chunk(Chunks.delta(0, "\"reasoning_content\":\"think.\"")));
    wire.stream(Framing.USUAL.of(join(thought, whole(ask, chunks))));
  }

  private void failOnce(Wire wire, Ask ask, Chunks chunks) throws IOException {
    String body = wire.request().text();
    if (failedOnce.add(body)) {
      wire.json(503, error("Busy", "busy"));
    } else {
      failedOnce.remove(body);
      plain(wire, ask, chunks);
    }
  }

  private static void refuseUsage(Wire wire, Ask ask, Chunks chunks) throws IOException {
    if (ask.options()) {
      wire.json(400, error("Unknown parameter: stream_options", "unknown_parameter"));
    } else {
      plain(wire, ask, chunks);
    }
  }

  private static void split(Wire wire, Ask ask, Chunks chunks, int size) throws IOException {
    String stream = Framing.USUAL.of(whole(ask, chunks));
    wire.streamHead().chunks(stream.getBytes(StandardCharsets.UTF_8), size).endChunks();
  }

  /** Sends an answer that takes three seconds. */
  private static void slow(Wire wire, Ask ask, Chunks chunks)
      throws IOException, InterruptedException {
    wire.streamHead();
    for (int i = 0; i < 20; i++) {
      wire.chunk(Framing.USUAL.some(List.of(chunks.text().getFirst()))).pause(150);
    }
    wire.chunk(Framing.USUAL.of(whole(ask, chunks))).endChunks();
  }

  private static void openAfterDone(Wire wire, Ask ask, Chunks chunks)
      throws IOException, InterruptedException {
    wire.streamHead().chunk(Framing.USUAL.of(whole(ask, chunks))).pause(3000).endChunks();
  }

  private static String noSpace(Ask ask, Chunks chunks) {
    return new Framing("", "data:", "\n", "", "data:[DONE]\n\n").of(whole(ask, chunks));
  }

  private static String comments(Ask ask, Chunks chunks) {
    return new Framing(": a line\n", "data: ", "\n", ": alone\n\n", Framing.DONE)
        .of(whole(ask, chunks));
  }

  private static String idComment(Ask ask, Chunks chunks) {
    return new Framing("id: 7\n", "data: ", "\n", ": alone\n\n", Framing.DONE)
        .of(whole(ask, chunks));
  }

  private static String between(String event, Ask ask, Chunks chunks) {
    return new Framing("", "data: ", "\n", event, Framing.DONE).of(whole(ask, chunks));
  }

  private static String doneSpace(Ask ask, Chunks chunks) {
    return Framing.USUAL.ending("data: [DONE] \n\n").of(whole(ask, chunks));
  }

  private static void gzip(Wire wire, Ask ask, Chunks chunks) throws IOException {
    var body = new ByteArrayOutputStream();
    try (var compressed = new GZIPOutputStream(body)) {
      compressed.write(Framing.USUAL.of(whole(ask, chunks)).getBytes(StandardCharsets.UTF_8));
    }
    wire.raw(GZIP_HEAD).chunks(body.toByteArray(), 100).endChunks();
  }

  private static void wrongType(Wire wire, Ask ask, Chunks chunks) throws IOException {
    wire.answer(200, "application/json", Framing.USUAL.of(whole(ask, chunks)));
  }

  /** Sends an unsolicited answer after the stream, on the same connection. */
  private static void surplus(Wire wire, Ask ask, Chunks chunks) throws IOException {
    wire.stream(Framing.USUAL.of(whole(ask, chunks)));
    wire.json(200, chunks.answer(Chunks.content("of another call"), "stop"));
  }

  /** Sends a stream without the blank line after the last event. */
  private static String noBlankLine(Ask ask, Chunks chunks) {
    String whole = Framing.USUAL.some(whole(ask, chunks));
    return whole.substring(0, whole.length() - 1);
  }

  private static String brokenBy(Chunks chunks, String error) {
    return Framing.USUAL.some(chunks.text()) + "data: " + error + "\n\n";
  }

  private static String broken(Chunks chunks, String name) {
    return Framing.USUAL.some(chunks.text()) + name + "data: " + CRASH + "\n\n";
  }

  private static String errorNull(Ask ask, Chunks chunks) {
    return Framing.USUAL.of(withUsage(ask, chunks, chunks.whole(",\"error\":null")));
  }

  private static String noChoices(Ask ask, Chunks chunks) {
    return Framing.USUAL.of(join(List.of(chunks.withoutChoices()), whole(ask, chunks)));
  }

  private static String usageInLast(Ask ask, Chunks chunks) {
    String last = chunks.chunk(Chunks.finish(0, "stop"), ",\"usage\":" + Chunks.USAGE);
    return Framing.USUAL.of(join(chunks.text(), List.of(last)));
  }

  private static String afterUsage(Ask ask, Chunks chunks) {
    List<String> late = List.of(chunks.chunk(""));
    return Framing.USUAL.of(join(whole(ask, chunks), late));
  }

  private static String tooLong() {
    return "{\"error\":{\"message\":\"The prompt is too long for the context window.\","
        + "\"type\":\"invalid_request_error\",\"param\":\"messages\","
        + "\"code\":\"context_length_exceeded\"}}";
  }

  private static String error(String message, String code) {
    return "{\"error\":{\"message\":\"%s\",\"type\":\"some_error\",\"param\":null,\"code\":\"%s\"}}"
        .formatted(message, code);
  }

  @Override
  public void close() {
    provider.close();
  }
}
