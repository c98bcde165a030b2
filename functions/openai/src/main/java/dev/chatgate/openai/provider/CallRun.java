package dev.chatgate.openai.provider;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.provider.ProviderOutcome.Answered;
import dev.chatgate.openai.provider.ProviderOutcome.Failed;
import dev.chatgate.openai.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.openai.request.UpstreamEdits;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.openai.sse.SseTooLargeException;
import dev.chatgate.provider.ProviderKey;
import dev.chatgate.provider.ProviderKeyUnavailableException;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** One call from its first try to its outcome. */
final class CallRun {
  /**
   * A plain answer is held whole; twice the request limit of Lambda's buffered answers and more.
   */
  static final int MOST_ANSWER_BYTES = 32 * 1024 * 1024;

  /** The largest event of a stream: one with the log probabilities of many choices fits. */
  static final int MOST_EVENT_BYTES = 8 * 1024 * 1024;

  /** The largest error that passes through. */
  static final int MOST_ERROR_BYTES = 1024 * 1024;

  /** How long the end of a connection's use is waited for, so that it can be used again. */
  private static final Duration TAIL = Duration.ofMillis(25);

  private static final int MOST_TAIL_BYTES = 64 * 1024;

  private final ProviderClient.Context context;
  private final ProviderCall call;
  private final PatientSink sink;
  private final long startedNanos = System.nanoTime();
  private final long deadlineNanos;
  private final ReceivedText text = new ReceivedText();
  private final UsageMeter usage = new UsageMeter();
  private final AnswerParser parser = new AnswerParser(text);

  private @Nullable ProviderKey key;
  private boolean keyReplaced;
  private boolean askForUsage;
  private int repeated;
  private Duration waited = Duration.ZERO;
  private @Nullable Duration timeToFirstByte;

  /** What a try led to. */
  private sealed interface Step {
    record Done(ProviderOutcome outcome) implements Step {}

    /** Once more after a wait; if that is disturbed, the outcome is this. */
    record Again(Duration pause, ProviderOutcome otherwise) implements Step {}
  }

  CallRun(ProviderClient.Context context, ProviderCall call, PatientSink sink) {
    this.context = context;
    this.call = call;
    this.sink = sink;
    this.deadlineNanos =
        startedNanos + Duration.between(context.clock().instant(), call.deadline()).toNanos();
    this.askForUsage =
        call.request().stream()
            && !call.request().usageRequested()
            && !context.refusers().contains(call.modelUpstream());
  }

  ProviderOutcome run() {
    while (true) {
      switch (attempt()) {
        case Step.Done(var outcome) -> {
          return outcome;
        }
        case Step.Again(var pause, var otherwise) -> {
          if (!slept(pause)) {
            return otherwise;
          }
        }
      }
    }
  }

  private static boolean slept(Duration wait) {
    try {
      Thread.sleep(wait);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Step attempt() {
    try {
      if (key == null) {
        key = context.keys().current();
      }
      return attemptWith(key);
    } catch (ProviderKeyUnavailableException e) {
      return failed(Failures.ourKey());
    }
  }

  private Step attemptWith(ProviderKey current) {
    if (!left().isPositive()) {
      return failed(Failures.timeout(Limit.TOTAL));
    }
    try (var exchange = new Exchange(request(current), left())) {
      try {
        exchange.open(context.transport(), context.settings().connect(), firstByteLimit());
      } catch (IOException e) {
        return withoutAnswer(exchange);
      }
      return answered(exchange, current);
    }
  }

  private HttpPost request(ProviderKey current) {
    var request = new HttpPost(context.completions());
    RequestHeaders.common(request, current);
    RequestHeaders.chat(request, call);
    var edits = new UpstreamEdits(call.upstreamModel(), call.insertMaxTokens(), askForUsage);
    var body = call.request().upstreamBody(edits);
    request.setEntity(new ByteArrayEntity(body, ContentType.create(RequestHeaders.JSON)));
    return request;
  }

  private Duration left() {
    return Duration.ofNanos(deadlineNanos - System.nanoTime());
  }

  private Optional<Duration> firstByteLimit() {
    return call.request().stream() ? Optional.of(context.settings().firstByte()) : Optional.empty();
  }

  /** No head of an answer came. */
  private Step withoutAnswer(Exchange exchange) {
    var passed = exchange.passed();
    if (exchange.wasConnected()) {
      return failed(
          passed
              .map(Failures::timeout)
              .orElseGet(() ->
                  ApiError.of(
                      ErrorCode.UPSTREAM_ERROR,
                      "The provider closed the connection without an answer.")),
          estimated());
    }
    var error =
        passed
            .map(Failures::timeout)
            .orElseGet(() ->
                ApiError.of(ErrorCode.UPSTREAM_ERROR, "The provider cannot be connected to."));
    return passed.filter(limit -> limit == Limit.TOTAL).isPresent()
        ? failed(error)
        : againOr(error, Optional.empty());
  }

  private Step answered(Exchange exchange, ProviderKey current) {
    int status = exchange.status();
    if (status == 200) {
      return new Step.Done(call.request().stream() ? stream(exchange) : plain(exchange));
    }
    if (status == 401 && !keyReplaced) {
      return withNewKey(exchange, current);
    }
    if (Failures.isTenants(status)) {
      return refused(exchange, status, current);
    }
    return brokenDown(exchange, status);
  }

  private Step withNewKey(Exchange exchange, ProviderKey refused) {
    finish(exchange);
    keyReplaced = true;
    var replacement = context.keys().replacing(refused);
    if (replacement.equals(refused)) {
      return failed(Failures.ourKey());
    }
    key = replacement;
    return new Step.Again(Duration.ZERO, new Failed(Failures.ourKey(), new Consumption.Nothing()));
  }

  private Step brokenDown(Exchange exchange, int status) {
    var asked =
        RetryAfter.read(
            exchange.header("retry-after-ms"),
            exchange.header("retry-after"),
            context.clock().instant());
    finish(exchange);
    var error = Failures.of(status, asked);
    return Failures.isWorthRepeating(status) ? againOr(error, asked) : failed(error);
  }

  private Step againOr(ApiError error, Optional<Duration> asked) {
    var wait = context.retries().nextWait(repeated, waited, asked, left());
    var told = repeated > 0 ? error.withoutRetry() : error;
    if (wait.isEmpty()) {
      return failed(told);
    }
    repeated++;
    waited = waited.plus(wait.get());
    return new Step.Again(wait.get(), new Failed(told, new Consumption.Nothing()));
  }

  private static Step failed(ApiError error) {
    return failed(error, new Consumption.Nothing());
  }

  private static Step failed(ApiError error, Consumption consumption) {
    return new Step.Done(new Failed(error, consumption));
  }

  /** A 4xx that may be about the tenant's own request. */
  private Step refused(Exchange exchange, int status, ProviderKey current) {
    byte[] body;
    try {
      body = exchange.readBody(MOST_ERROR_BYTES);
    } catch (IOException e) {
      return failed(exchange.passed().map(Failures::timeout).orElseGet(CallRun::unreadableRefusal));
    }
    if (askForUsage && (status == 400 || status == 422) && namesUsageOption(body)) {
      return againWithoutUsage();
    }
    return new Step.Done(refusal(exchange, status, body, current));
  }

  private static ApiError unreadableRefusal() {
    return Failures.invalid("The provider refused the request without saying why.");
  }

  private static boolean namesUsageOption(byte[] body) {
    var words = new String(body, StandardCharsets.UTF_8);
    return words.contains("stream_options") || words.contains("include_usage");
  }

  private Step againWithoutUsage() {
    askForUsage = false;
    context.refusers().add(call.modelUpstream());
    return new Step.Again(
        Duration.ZERO, new Failed(unreadableRefusal(), new Consumption.Nothing()));
  }

  private ProviderOutcome refusal(Exchange exchange, int status, byte[] body, ProviderKey current) {
    var facts = parser.parse(body, 0, body.length);
    if (!facts.isJson()) {
      return new Failed(unreadableRefusal(), new Consumption.Nothing());
    }
    var error = facts.error();
    if ((error != null && error.isAboutOurAccount()) || holds(body, current)) {
      return new Failed(Failures.ourKey(), new Consumption.Nothing());
    }
    var type = exchange.header("content-type").orElse(RequestHeaders.JSON);
    return new PassedThrough(status, body, type, new Consumption.Nothing());
  }

  private static boolean holds(byte[] body, ProviderKey current) {
    return new String(body, StandardCharsets.UTF_8).contains(current.secret());
  }

  private ProviderOutcome plain(Exchange exchange) {
    byte[] body;
    try {
      body = exchange.readBody(MOST_ANSWER_BYTES);
    } catch (BodyTooLargeException e) {
      return new Failed(
          ApiError.of(ErrorCode.RESPONSE_TOO_LARGE, "The provider's answer is too large."),
          estimated());
    } catch (IOException e) {
      return new Failed(
          exchange.passed().map(Failures::timeout).orElseGet(CallRun::cutAnswer), estimated());
    }
    firstByteCame();
    return plain(exchange, body);
  }

  private static ApiError cutAnswer() {
    return ApiError.of(
        ErrorCode.UPSTREAM_INCOMPLETE, "The provider's answer ended before it was complete.");
  }

  private ProviderOutcome plain(Exchange exchange, byte[] body) {
    var facts = parser.parse(body, 0, body.length);
    usage.take(body, facts);
    if (!facts.isJson() || isEncoded(exchange)) {
      return new Failed(Failures.invalid("The provider's answer is not JSON."), consumption());
    }
    var answer = AliasSplice.apply(call, body, facts);
    sink.head(RequestHeaders.JSON);
    sink.write(answer, 0, answer.length);
    sink.end();
    return new Answered(consumption(), Optional.empty(), Optional.ofNullable(timeToFirstByte));
  }

  /** Nobody asked for compression. */
  private static boolean isEncoded(Exchange exchange) {
    return exchange
        .header("content-encoding")
        .filter(coding -> !coding.equalsIgnoreCase("identity"))
        .isPresent();
  }

  private ProviderOutcome stream(Exchange exchange) {
    if (!isEventStream(exchange) || isEncoded(exchange)) {
      return notAStream(exchange);
    }
    sink.head(RequestHeaders.EVENT_STREAM + "; charset=utf-8");
    var relay = new StreamRelay(call, parser, usage);
    pump(exchange, relay, new SseReader(MOST_EVENT_BYTES));
    relay.flushTo(sink);
    sink.end();
    finish(exchange);
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
    try {
      var body = exchange.readBody(MOST_ANSWER_BYTES);
      usage.take(body, parser.parse(body, 0, body.length));
    } catch (IOException e) {
      // What was asked for did not come, whatever else would have come.
    }
    return new Failed(
        Failures.invalid("The provider did not answer with an event stream."), consumption());
  }

  private void pump(Exchange exchange, StreamRelay relay, SseReader reader) {
    try {
      while (!relay.hasEnded() && reader.fill(exchange.body())) {
        exchange.withinTotal();
        firstByteCame();
        relay.takeAll(reader);
        relay.flushTo(sink);
        exchange.within(Limit.IDLE, context.settings().idle());
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

  private void ended(Exchange exchange, StreamRelay relay, SseReader reader) {
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

  /** Gives the provider a moment to end its answer, so that the connection can be used again. */
  private static void finish(Exchange exchange) {
    exchange.within(Limit.IDLE, TAIL);
    try {
      exchange.skipRest(MOST_TAIL_BYTES);
    } catch (IOException e) {
      // Then the connection is closed.
    }
  }

  private Consumption consumption() {
    return usage.consumption(this::counted);
  }

  private Consumption estimated() {
    return new Consumption.Estimated(counted(), Optional.empty());
  }

  private TokenCounts counted() {
    var counter = context.counters().forModel(call.modelUpstream());
    return new TokenCounts(call.estimatedPromptTokens(), 0, text.tokens(counter));
  }
}
