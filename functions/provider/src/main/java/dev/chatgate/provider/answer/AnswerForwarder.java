package dev.chatgate.provider.answer;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.operation.AnswerPart;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.openai.sse.SseTooLargeException;
import dev.chatgate.openai.tokens.TokenCounter;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.redaction.SplitKeySearch;
import dev.chatgate.provider.transport.ProviderAttempt;
import dev.chatgate.provider.transport.RequestHeaders;
import dev.chatgate.provider.transport.ResponseBody;
import dev.chatgate.provider.transport.TimeLimit;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes a 200 on to the tenant, plain or as a stream, and finds out what it used. */
public final class AnswerForwarder {
  /** A plain answer is held whole: five times what Lambda's buffered answers may have. */
  static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;

  /** An event that is read, edited and passed on is in memory several times. */
  private static final int HEAP_PER_EVENT = 10;

  private static final int MIN_EVENT_BYTES = 8 * 1024 * 1024;

  /** The largest event of a stream: as large as a plain answer where the heap has room for it. */
  static final int MAX_EVENT_BYTES = maxEventBytes(Runtime.getRuntime().maxMemory());

  private final ProviderCall call;
  private final DisconnectTolerantSink sink;
  private final TokenCounter counter;
  private final Duration idle;
  private final long startedNanos;
  private final KnownKeys keys;
  private final ReceivedText text = new ReceivedText();
  private final SplitKeySearch split;
  private final AnswerReader answerReader;
  private final ReportedUsage usage;
  private final Set<String> finishReasons = new LinkedHashSet<>();
  private @Nullable Duration timeToFirstByte;
  private boolean hasHead;

  /**
   * @param counter counts what the provider did not
   * @param idle most between two reads of a stream
   * @param startedNanos when the call began
   * @param keys our keys, none of which may leave
   */
  public AnswerForwarder(
      ProviderCall call,
      DisconnectTolerantSink sink,
      TokenCounter counter,
      Duration idle,
      long startedNanos,
      KnownKeys keys) {
    this.keys = keys;
    this.split = call.request().stream() ? new SplitKeySearch(keys) : SplitKeySearch.none();
    this.answerReader = readerFor(call, new ReceivedOutput(text, split));
    this.usage = new ReportedUsage(answerReader, keys);
    this.call = call;
    this.sink = sink;
    this.counter = counter;
    this.idle = idle;
    this.startedNanos = startedNanos;
  }

  private static AnswerReader readerFor(ProviderCall call, OutputListener output) {
    return call.request().answerReader(call.isRenamed(), output);
  }

  /** Why outputs finished, each reason once, in the provider's words. */
  public Set<String> finishReasons() {
    return finishReasons;
  }

  static int maxEventBytes(long heapBytes) {
    return Math.clamp(heapBytes / HEAP_PER_EVENT, MIN_EVENT_BYTES, MAX_ANSWER_BYTES);
  }

  /** Passes on an answer with status 200. */
  public ProviderOutcome deliver(ProviderAttempt exchange) {
    return call.request().stream() ? stream(exchange) : plain(exchange);
  }

  private ProviderOutcome plain(ProviderAttempt exchange) {
    var body = exchange.readBody(MAX_ANSWER_BYTES);
    if (keys.search().finds(body.bytes(), 0, body.bytes().length)) {
      return keyIn(body);
    }
    var facts = body.isWhole() ? parse(body) : null;
    if (facts == null || !facts.isJson() || exchange.isUnreadable()) {
      return broken(exchange, body);
    }
    return isAnswer(facts, body) ? pass(body, facts) : notAnAnswer(body, facts);
  }

  private ProviderOutcome pass(ResponseBody body, AnswerPart facts) {
    var answer = Edit.splice(body.bytes(), facts.edits());
    sink.head(RequestHeaders.JSON);
    sink.write(answer, 0, answer.length);
    sink.end();
    return new Answered(consumption(), Optional.empty(), Optional.empty());
  }

  private AnswerPart parse(ResponseBody body) {
    var facts = readQuietly(answerReader, body);
    finishReasons.addAll(facts.finishReasons());
    return facts;
  }

  /** Reads a body that may hold a key: its finish reasons are not kept. */
  private AnswerPart readQuietly(AnswerReader by, ResponseBody body) {
    var facts = by.read(body.bytes(), 0, body.bytes().length);
    usage.take(body.bytes(), facts);
    return facts;
  }

  /** What reports an error is not an answer, whatever else it holds. */
  private static boolean isAnswer(AnswerPart facts, ResponseBody body) {
    return facts.isAnswer() && !(facts.hasError() && errorIn(body).reported());
  }

  private static ProviderError errorIn(ResponseBody body) {
    return ErrorReader.read(body.bytes(), 0, body.bytes().length);
  }

  /** A 200 that is not an answer costs nothing, unless usage was reported or text was written. */
  private ProviderOutcome notAnAnswer(ResponseBody body, AnswerPart facts) {
    var error = errorIn(body);
    var used = facts.hasOutput() ? consumption() : usage.reportedOrNothing();
    return ProviderErrorFilter.forbids(error, body.bytes(), 0, body.bytes().length, keys.search())
        ? new Failed(ProviderErrors.ourKey(), used)
        : ErrorVerdict.of(error, answerReader.answerName()).outcome(used);
  }

  private ProviderOutcome keyIn(ResponseBody body) {
    var facts = readQuietly(answerReader, body);
    boolean worked = facts.hasOutput() || !facts.isJson();
    return new Failed(ProviderErrors.ourKey(), worked ? consumption() : usage.reportedOrNothing());
  }

  private ProviderOutcome broken(ProviderAttempt exchange, ResponseBody body) {
    var reader = new SseReader(MAX_ANSWER_BYTES);
    var in = new ByteArrayInputStream(body.bytes());
    return body.isWhole() && !exchange.isUnreadable() && beginsAsEvents(reader, in)
        ? eventsForPlain(reader, in)
        : new Failed(brokenAnswer(exchange, body), broken(body));
  }

  private static boolean beginsAsEvents(SseReader reader, InputStream in) {
    try {
      return reader.fill(in) && reader.opening() == SseReader.Opening.EVENTS;
    } catch (IOException e) {
      throw new UncheckedIOException("an array can be read", e);
    }
  }

  /**
   * The tenant asked for one JSON object: events are no answer, but what they used counts, and an
   * error among them is passed on.
   */
  private ProviderOutcome eventsForPlain(SseReader reader, InputStream in) {
    var relay = new StreamRelay(answerReader, split, usage, finishReasons, keys);
    try {
      do {
        relay.takeAll(reader);
        relay.discard();
      } while (!relay.hasEnded() && reader.fill(in));
    } catch (IOException e) {
      throw new UncheckedIOException("an array can be read", e);
    }
    if (relay.refusal().isPresent()) {
      return relay.refusal().get().outcome(usedUntilRefused());
    }
    reader.rest().ifPresent(relay::takeRest);
    return new Failed(
        ProviderErrors.invalid(
            "The provider answered with an event stream, which was not requested."),
        consumption());
  }

  private static ApiError brokenAnswer(ProviderAttempt exchange, ResponseBody body) {
    return switch (body.ending()) {
      case WHOLE -> ProviderErrors.invalid("The provider's answer is not JSON.");
      case CUT ->
          exchange
              .passed()
              .map(ProviderErrors::timeout)
              .orElseGet(
                  () -> ApiError.of(ErrorCode.UPSTREAM_INCOMPLETE, ProviderErrors.INCOMPLETE));
      case TOO_LARGE ->
          ApiError.of(ErrorCode.RESPONSE_TOO_LARGE, "The provider's answer is too large.");
    };
  }

  /**
   * The use of an answer that is not whole. The text in which it was cut cannot be read as JSON, so
   * all that came is counted; a page of HTML is no answer and counts nothing.
   */
  private Consumption broken(ResponseBody body) {
    readQuietly(readerFor(call, OutputListener.NONE), body);
    if (body.beginsAsObject()) {
      text.replaceWith(new String(body.bytes(), StandardCharsets.UTF_8));
    }
    return consumption();
  }

  /** Nothing is sent before the first event: if that is an error, it is the whole answer. */
  private ProviderOutcome stream(ProviderAttempt exchange) {
    var reader = new SseReader(MAX_EVENT_BYTES);
    if (exchange.isUnreadable() || !isStream(exchange, reader)) {
      return notAStream(exchange, reader);
    }
    var relay = new StreamRelay(answerReader, split, usage, finishReasons, keys);
    pump(exchange, relay, reader);
    if (relay.refusal().isPresent()) {
      exchange.finish();
      return relay.refusal().get().outcome(usedUntilRefused());
    }
    head();
    relay.flushTo(sink);
    sink.end();
    exchange.finish();
    return new Answered(consumption(), relay.brokenBy(), Optional.ofNullable(timeToFirstByte));
  }

  private Consumption usedUntilRefused() {
    return answerReader.hasOutput() ? consumption() : usage.reportedOrNothing();
  }

  /** The first bytes show what the body is; where they do not, its type does. */
  private boolean isStream(ProviderAttempt exchange, SseReader reader) {
    return switch (opening(exchange, reader)) {
      case EVENTS -> true;
      case JSON -> false;
      case UNKNOWN, OTHER -> isEventStream(exchange);
    };
  }

  private SseReader.Opening opening(ProviderAttempt exchange, SseReader reader) {
    try {
      while (reader.opening() == SseReader.Opening.UNKNOWN && reader.fill(exchange.body())) {
        noteFirstByte();
        exchange.within(TimeLimit.IDLE, idle);
      }
    } catch (IOException e) {
      // What came decides; reading on meets the same failure.
    }
    return reader.opening();
  }

  private static boolean isEventStream(ProviderAttempt exchange) {
    return exchange
        .header("content-type")
        .map(type -> type.strip().toLowerCase(Locale.ROOT))
        .filter(type -> type.startsWith(RequestHeaders.EVENT_STREAM))
        .isPresent();
  }

  /** A whole completion may have been made and be paid for: its usage counts. */
  private ProviderOutcome notAStream(ProviderAttempt exchange, SseReader reader) {
    exchange.withinTotal();
    var body = exchange.readBody(reader.unread(), MAX_ANSWER_BYTES);
    var facts = readQuietly(answerReader, body);
    return facts.isJson() && !isAnswer(facts, body)
        ? notAnAnswer(body, facts)
        : new Failed(
            ProviderErrors.invalid("The provider did not answer with an event stream."),
            consumption());
  }

  /** The idle limit does not run while the tenant takes its time. */
  private void pump(ProviderAttempt exchange, StreamRelay relay, SseReader reader) {
    try {
      do {
        exchange.withinTotal();
        relay.takeAll(reader);
        flush(relay);
        exchange.within(TimeLimit.IDLE, idle);
      } while (!relay.hasEnded() && reader.fill(exchange.body()));
    } catch (SseTooLargeException e) {
      relay.breakOff(
          ErrorCode.UPSTREAM_INVALID_RESPONSE, "The provider sent an event that is too large.");
    } catch (IOException e) {
      // A reset or a bad chunk ends the stream like any other end, and so does a time limit.
    }
    if (!relay.hasEnded()) {
      ended(exchange, relay, reader);
    }
  }

  private void flush(StreamRelay relay) {
    if (relay.hasOutput()) {
      head();
      relay.flushTo(sink);
    }
  }

  private void head() {
    if (!hasHead) {
      sink.head(RequestHeaders.EVENT_STREAM + "; charset=utf-8");
      hasHead = true;
    }
  }

  private static void ended(ProviderAttempt exchange, StreamRelay relay, SseReader reader) {
    relay.takeAll(reader);
    var limit = exchange.passed();
    if (limit.isPresent() && !relay.isComplete()) {
      relay.breakOff(ErrorCode.UPSTREAM_TIMEOUT, limit.get().message());
      return;
    }
    if (!relay.hasEnded()) {
      reader.rest().ifPresent(relay::takeRest);
    }
    relay.streamEnded();
  }

  private void noteFirstByte() {
    if (timeToFirstByte == null) {
      timeToFirstByte = Duration.ofNanos(System.nanoTime() - startedNanos);
    }
  }

  private Consumption consumption() {
    return usage.consumption(this::counted);
  }

  /** The use of a call that the provider may have worked on without answering. */
  public Consumption estimated() {
    return new Consumption.Estimated(counted(), Optional.empty());
  }

  private TokenCounts counted() {
    return new TokenCounts(call.estimatedPromptTokens(), 0, text.tokens(counter));
  }
}
