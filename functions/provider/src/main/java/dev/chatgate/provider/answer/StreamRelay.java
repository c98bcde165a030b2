package dev.chatgate.provider.answer;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.AnswerPart;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.sse.SseData;
import dev.chatgate.openai.sse.SseEvent;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.redaction.SplitKeySearch;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a provider's stream goes to the tenant: every event as it came, with the edits of
 * the operation. Pure: it is fed with events and collects what is to be written.
 */
final class StreamRelay {
  private static final byte[] NAME_OF_ERRORS = "event: error\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BLANK_LINE = {'\n', '\n'};

  /** A longer text of an error is none that a person reads. */
  private static final int MAX_ERROR_TEXT = 4096;

  /** No more than this waits for the text that shows whether a key is being spelled. */
  private static final int MAX_HELD_BYTES = 256 * 1024;

  private final AnswerReader reader;
  private final SplitKeySearch split;
  private final ReportedUsage usage;
  private final Set<String> finishReasons;
  private final KnownKeys keys;
  private final @Nullable String endMark;
  private final EventBuffer out = new EventBuffer();
  private boolean ended;
  private boolean midLine;
  private boolean begun;
  private boolean brokenOff;
  private @Nullable ErrorCode brokenBy;
  private @Nullable ErrorVerdict refusal;

  /**
   * @param reader reads the data of the events
   * @param split searches their text for our keys
   * @param usage takes the usage
   * @param finishReasons takes the finish reasons
   * @param keys our keys, none of which passes
   */
  StreamRelay(
      AnswerReader reader,
      SplitKeySearch split,
      ReportedUsage usage,
      Set<String> finishReasons,
      KnownKeys keys) {
    this.reader = reader;
    this.split = split;
    this.usage = usage;
    this.finishReasons = finishReasons;
    this.keys = keys;
    this.endMark = reader.endMark().orElse(null);
  }

  /** Takes a complete event. */
  void take(SseEvent event) {
    if (keys.search().finds(event.buffer(), event.offset(), event.length())) {
      stopAtKey(event);
    } else if (event.hasData()) {
      takeData(event);
    } else {
      pass(event);
    }
  }

  /** Of an event with a key nothing is used but its usage. */
  private void stopAtKey(SseEvent event) {
    var data = event.data();
    usage.take(data.bytes(), reader.read(data.bytes(), data.offset(), data.length()));
    out.dropFrom(out.size());
    fail(ProviderErrors.ourKey());
  }

  private void takeData(SseEvent event) {
    var data = event.data();
    if (endMark != null && data.isTrimmed(endMark)) {
      passEnd(event, data, endMark);
      return;
    }
    int before = out.size();
    var part = reader.read(data.bytes(), data.offset(), data.length());
    if (!part.finishReasons().isEmpty()) {
      finishReasons.addAll(part.finishReasons());
    }
    take(event, data, part);
    holdPartialKeys(before);
  }

  /**
   * A key may be spelled by the text of several events: those that may be its beginning wait for
   * the next.
   */
  private void holdPartialKeys(int before) {
    boolean partial = split.isPartial() && !ended;
    if (split.hasFound() || (partial && out.held() > MAX_HELD_BYTES)) {
      out.dropFrom(before);
      fail(ProviderErrors.ourKey());
    } else if (partial) {
      out.holdFrom(before);
    } else {
      out.release();
    }
  }

  private void take(SseEvent event, SseData data, AnswerPart part) {
    usage.take(data.bytes(), part);
    if (isNamed(event, "error")) {
      passError(event, data, part, errorOf(data, part));
    } else if (!part.isJson()) {
      passText(event, data);
    } else if (part.hasError() || (isChunk(event) && !part.isAnswer())) {
      passUnlessError(event, data, part);
    } else {
      passChunk(event, data, part);
    }
  }

  private void passText(SseEvent event, SseData data) {
    if (isChunk(event) && !data.isTrimmed("")) {
      breakOff(ErrorCode.UPSTREAM_INVALID_RESPONSE, "The provider sent a chunk that is not JSON.");
    } else {
      pass(event);
    }
  }

  private void passUnlessError(SseEvent event, SseData data, AnswerPart part) {
    var error = ErrorReader.read(data.bytes(), data.offset(), data.length());
    if (error.reported()) {
      passError(event, data, part, error);
    } else {
      passChunk(event, data, part);
    }
  }

  /** What an event that is called an error says, in JSON or in plain text. */
  private static ProviderError errorOf(SseData data, AnswerPart part) {
    var text = new String(data.bytes(), data.offset(), data.length(), StandardCharsets.UTF_8);
    boolean isText =
        !part.isJson()
            && !text.isBlank()
            && "{[<\"".indexOf(text.strip().charAt(0)) < 0
            && text.chars().allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r');
    return isText && text.length() <= MAX_ERROR_TEXT
        ? ProviderError.ofText(text.strip())
        : ErrorReader.read(data.bytes(), data.offset(), data.length()).asReported();
  }

  /** Whether client libraries read the event's data as a chunk. */
  private static boolean isChunk(SseEvent event) {
    return !event.isNamed() || isNamed(event, "message");
  }

  private static boolean isNamed(SseEvent event, String name) {
    return event.isNamed() && event.name().equals(name);
  }

  private void pass(SseEvent event) {
    out.write(event.buffer(), event.offset(), event.length());
  }

  /**
   * The end, spelled exactly: two client libraries do not know it with white space around it. All
   * its data lines become one, for the first may be a bare {@code data} that takes no value.
   */
  private void passEnd(SseEvent event, SseData data, String mark) {
    if (data.length() == mark.length()) {
      pass(event);
    } else {
      int line = event.firstDataLine();
      int end = data.origin(data.offset() + data.length());
      out.write(event.buffer(), event.offset(), line - event.offset());
      out.writeBytes(DATA);
      out.writeBytes(mark.getBytes(StandardCharsets.UTF_8));
      out.write(event.buffer(), end, event.offset() + event.length() - end);
    }
    // Nothing follows: what waits is not the beginning of a key.
    out.release();
    ended = true;
  }

  private void passChunk(SseEvent event, SseData data, AnswerPart part) {
    if (!part.isUnrequestedUsage()) {
      splice(event, event.offset(), data, part);
    }
  }

  /** Writes the event's bytes from an index on, with the edits of its data. */
  private void splice(SseEvent event, int from, SseData data, AnswerPart part) {
    int end = event.offset() + event.length();
    var edits = part.edits();
    if (edits.isEmpty()) {
      out.write(event.buffer(), from, end - from);
    } else {
      Edit.splice(event.buffer(), new Span(from, end), edits, data::origin, out);
    }
  }

  /**
   * An error of the provider passes as it came if every client library sees it: LangChain4j takes
   * one without {@code event: error} for the end of a complete answer, and some show no message
   * unless the object has OpenAI's shape. Others are converted to that shape. What is about our key
   * or account never passes. An error before anything else is the call's answer, with its own
   * status.
   */
  private void passError(SseEvent event, SseData data, AnswerPart part, ProviderError error) {
    if (ProviderErrorFilter.forbids(
        error, data.bytes(), data.offset(), data.length(), keys.search())) {
      fail(ProviderErrors.ourKey());
    } else if (isUntouched()) {
      refusal = ErrorVerdict.of(error, reader.answerName());
      ended = true;
    } else if (error.wellFormed() && isShownByAll(event, data)) {
      passNamed(event, data, part);
    } else {
      breakOff(error.body(ErrorCode.UPSTREAM_ERROR.type()), ErrorCode.UPSTREAM_ERROR);
    }
  }

  private boolean isShownByAll(SseEvent event, SseData data) {
    return (!event.isNamed() || isNamed(event, "error")) && isWhole(data);
  }

  /** Whether nothing has gone to the tenant and nothing is about to. */
  private boolean isUntouched() {
    return !begun && out.size() == 0;
  }

  private void fail(ApiError error) {
    if (isUntouched()) {
      refusal = new ErrorVerdict.Ours(error);
      ended = true;
    } else {
      breakOff(error);
    }
  }

  /** Passes an error with the event name that it may lack, set before its first data line. */
  private void passNamed(SseEvent event, SseData data, AnswerPart part) {
    int line = event.isNamed() ? event.offset() : event.firstDataLine();
    out.write(event.buffer(), event.offset(), line - event.offset());
    if (!event.isNamed()) {
      out.writeBytes(NAME_OF_ERRORS);
    }
    splice(event, line, data, part);
    brokenBy = ErrorCode.UPSTREAM_ERROR;
    ended = true;
  }

  /**
   * Takes what stood behind the last complete event at the stream's end: it passes, with its blank
   * line, if that is all that it lacks. Strict clients would lose it.
   */
  void takeRest(SseEvent rest) {
    if (!rest.hasData()) {
      take(rest);
      midLine = true;
    } else if (isWhole(rest.data())) {
      int before = out.size();
      take(rest);
      if (out.size() > before && !brokenOff) {
        out.endEvent();
      }
    }
  }

  private boolean isWhole(SseData data) {
    return (endMark != null && data.isTrimmed(endMark))
        || JsonText.isJson(data.bytes(), data.offset(), data.length());
  }

  /** The stream ended by itself: it is whole if every output has finished. */
  void streamEnded() {
    out.release();
    if (!ended && !isComplete()) {
      breakOff(ErrorCode.UPSTREAM_INCOMPLETE, ProviderErrors.INCOMPLETE);
    }
    ended = true;
  }

  /** Whether every output has finished. */
  boolean isComplete() {
    return reader.isComplete();
  }

  /** Ends the answer with an error event. */
  void breakOff(ErrorCode code, String message) {
    breakOff(ApiError.of(code, message));
  }

  private void breakOff(ApiError error) {
    breakOff(error.body(), error.code());
  }

  /** Ends the answer with this error. */
  private void breakOff(byte[] error, ErrorCode code) {
    out.release();
    if (midLine) {
      out.endEvent();
    }
    out.writeBytes(NAME_OF_ERRORS);
    out.writeBytes(DATA);
    out.writeBytes(error);
    out.writeBytes(BLANK_LINE);
    brokenBy = code;
    brokenOff = true;
    ended = true;
  }

  /** Whether nothing more is to be taken. */
  boolean hasEnded() {
    return ended;
  }

  /** The code of the error event that ended the answer. */
  Optional<ErrorCode> brokenBy() {
    return Optional.ofNullable(brokenBy);
  }

  /** The error in the place of the answer, of which nothing has been passed on. */
  Optional<ErrorVerdict> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Whether there is anything for the sink. */
  boolean hasOutput() {
    return out.isReady();
  }

  /** Hands what was collected to the sink in one write. */
  void flushTo(DisconnectTolerantSink sink) {
    begun |= out.isReady();
    out.flushTo(sink);
  }

  /** Drops what was collected, in the place of handing it to a sink. */
  void discard() {
    begun |= out.isReady();
    out.discard();
  }

  /** Takes every complete event that the reader holds. */
  void takeAll(SseReader reader) {
    SseEvent event = reader.next();
    while (event != null) {
      take(event);
      event = ended ? null : reader.next();
    }
  }
}
