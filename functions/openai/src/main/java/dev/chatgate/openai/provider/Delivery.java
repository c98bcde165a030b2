package dev.chatgate.openai.provider;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.provider.ProviderOutcome.Answered;
import dev.chatgate.openai.provider.ProviderOutcome.Failed;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.openai.sse.SseTooLargeException;
import dev.chatgate.openai.tokens.TokenCounter;
import dev.chatgate.provider.ProviderKey;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes a 200 on to the tenant, plain or as a stream, and finds out what it used. */
final class Delivery {
  /** A plain answer is held whole: five times what Lambda's buffered answers may have. */
  static final int MOST_ANSWER_BYTES = 32 * 1024 * 1024;

  /** The largest event of a stream: one with the log probabilities of many choices fits. */
  static final int MOST_EVENT_BYTES = 8 * 1024 * 1024;

  private final ProviderCall call;
  private final PatientSink sink;
  private final TokenCounter counter;
  private final Duration idle;
  private final long startedNanos;
  private final ReceivedText text = new ReceivedText();
  private final UsageMeter usage = new UsageMeter();
  private final AnswerParser parser;
  private @Nullable Duration timeToFirstByte;

  /**
   * @param counter counts what the provider did not
   * @param idle most between two reads of a stream
   * @param startedNanos when the call began
   * @param listener hears why the choices finished
   */
  Delivery(
      ProviderCall call,
      PatientSink sink,
      TokenCounter counter,
      Duration idle,
      long startedNanos,
      ProviderListener listener) {
    this.parser = new AnswerParser(text, listener);
    this.call = call;
    this.sink = sink;
    this.counter = counter;
    this.idle = idle;
    this.startedNanos = startedNanos;
  }

  /** Passes the answer on, whose status is 200. */
  ProviderOutcome deliver(Exchange exchange, ProviderKey key) {
    return call.request().stream() ? stream(exchange, key) : plain(exchange);
  }

  private ProviderOutcome plain(Exchange exchange) {
    var body = exchange.readBody(MOST_ANSWER_BYTES);
    firstByteCame();
    var facts = body.isWhole() ? parse(body) : null;
    if (facts == null || !facts.isJson() || isEncoded(exchange)) {
      return new Failed(brokenAnswer(exchange, body), broken(body));
    }
    var answer = AliasSplice.apply(call, body.bytes(), facts);
    sink.head(RequestHeaders.JSON);
    sink.write(answer, 0, answer.length);
    sink.end();
    return new Answered(consumption(), Optional.empty(), Optional.ofNullable(timeToFirstByte));
  }

  private AnswerFacts parse(Body body) {
    var facts = parser.parse(body.bytes(), 0, body.bytes().length);
    usage.take(body.bytes(), facts);
    return facts;
  }

  private static ApiError brokenAnswer(Exchange exchange, Body body) {
    return switch (body.ending()) {
      case WHOLE -> Failures.invalid("The provider's answer is not JSON.");
      case CUT ->
          exchange
              .passed()
              .map(Failures::timeout)
              .orElseGet(() -> ApiError.of(ErrorCode.UPSTREAM_INCOMPLETE, Failures.INCOMPLETE));
      case TOO_LARGE ->
          ApiError.of(ErrorCode.RESPONSE_TOO_LARGE, "The provider's answer is too large.");
    };
  }

  /**
   * The use of an answer that is not whole. The text in which it was cut cannot be read as JSON, so
   * all that came is counted; a page of HTML is no answer and counts nothing.
   */
  private Consumption broken(Body body) {
    var received = new ReceivedText();
    usage.take(
        body.bytes(), new AnswerParser(received).parse(body.bytes(), 0, body.bytes().length));
    if (body.beginsAsObject()) {
      text.replaceWith(new String(body.bytes(), StandardCharsets.UTF_8));
    }
    return consumption();
  }

  /** Nobody asked for compression. */
  private static boolean isEncoded(Exchange exchange) {
    return exchange
        .header("content-encoding")
        .filter(coding -> !coding.equalsIgnoreCase("identity"))
        .isPresent();
  }

  private ProviderOutcome stream(Exchange exchange, ProviderKey key) {
    if (!isEventStream(exchange) || isEncoded(exchange)) {
      return notAStream(exchange);
    }
    sink.head(RequestHeaders.EVENT_STREAM + "; charset=utf-8");
    var relay = new StreamRelay(call, parser, usage, key);
    pump(exchange, relay, new SseReader(MOST_EVENT_BYTES));
    relay.flushTo(sink);
    sink.end();
    exchange.finish();
    return new Answered(consumption(), relay.brokenBy(), Optional.ofNullable(timeToFirstByte));
  }

  private static boolean isEventStream(Exchange exchange) {
    return exchange
        .header("content-type")
        .map(type -> type.strip().toLowerCase(Locale.ROOT))
        .filter(type -> type.startsWith(RequestHeaders.EVENT_STREAM))
        .isPresent();
  }

  /** A whole completion may have been made and be paid for: its usage counts. */
  private ProviderOutcome notAStream(Exchange exchange) {
    parse(exchange.readBody(MOST_ANSWER_BYTES));
    return new Failed(
        Failures.invalid("The provider did not answer with an event stream."), consumption());
  }

  /** The idle limit does not run while the tenant takes its time. */
  private void pump(Exchange exchange, StreamRelay relay, SseReader reader) {
    try {
      while (!relay.hasEnded() && reader.fill(exchange.body())) {
        exchange.withinTotal();
        firstByteCame();
        relay.takeAll(reader);
        relay.flushTo(sink);
        exchange.within(Limit.IDLE, idle);
      }
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

  private static void ended(Exchange exchange, StreamRelay relay, SseReader reader) {
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

  private void firstByteCame() {
    if (timeToFirstByte == null) {
      timeToFirstByte = Duration.ofNanos(System.nanoTime() - startedNanos);
    }
  }

  private Consumption consumption() {
    return usage.consumption(this::counted);
  }

  /** The use of a call that the provider may have worked on without answering. */
  Consumption estimated() {
    return new Consumption.Estimated(counted(), Optional.empty());
  }

  private TokenCounts counted() {
    return new TokenCounts(call.estimatedPromptTokens(), 0, text.tokens(counter));
  }
}
