package dev.chatgate.provider.call;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.json.KeySearch;
import dev.chatgate.openai.operation.MeteredRequest.UsageRequest;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.ProviderResult;
import dev.chatgate.provider.answer.AnswerForwarder;
import dev.chatgate.provider.answer.DisconnectTolerantSink;
import dev.chatgate.provider.answer.ErrorReader;
import dev.chatgate.provider.answer.ProviderErrorFilter;
import dev.chatgate.provider.answer.ProviderErrors;
import dev.chatgate.provider.transport.ConnectionWarmUp;
import dev.chatgate.provider.transport.LostRequest;
import dev.chatgate.provider.transport.ProviderAttempt;
import dev.chatgate.provider.transport.RequestHeaders;
import dev.chatgate.provider.transport.TimeLimit;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import dev.chatgate.usage.Consumption;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** One call from its first try to its outcome. */
final class ProviderCallExecution {
  /** The largest error that passes through. */
  static final int MAX_ERROR_BYTES = 4 * 1024 * 1024;

  private final CallContext context;
  private final ProviderCall call;
  private final AnswerForwarder delivery;
  private final long deadlineNanos;

  private ConnectionWarmUp ready;
  private @Nullable ProviderKey key;
  private boolean keyReplaced;
  private boolean previousTried;
  private boolean previousUsed;
  private boolean otherKeyTried;
  private boolean askForUsage;
  private boolean askedAgainWithoutUsage;
  private int repeated;
  private Duration waited = Duration.ZERO;

  /** What a try led to. */
  private sealed interface Step {
    record Done(ProviderOutcome outcome) implements Step {}

    /** Once more after a pause; if that is disturbed, the outcome is this. */
    record Again(Duration pause, ProviderOutcome otherwise) implements Step {}
  }

  ProviderCallExecution(
      CallContext context, ProviderCall call, ConnectionWarmUp ready, DisconnectTolerantSink sink) {
    this.context = context;
    this.call = call;
    this.ready = ready;
    long now = System.nanoTime();
    this.deadlineNanos =
        now + Duration.between(context.clock().instant(), call.deadline()).toNanos();
    this.delivery =
        new AnswerForwarder(
            call,
            sink,
            context.counters().forModel(call.upstream().model()),
            context.settings().idle(),
            now,
            context.known());
    this.askForUsage =
        call.request().usageRequest() == UsageRequest.BY_GATEWAY
            && !context.refusers().contains(call.upstream().model(), context.clock().instant());
  }

  ProviderResult run() {
    var outcome = outcome();
    var reasons = delivery.finishReasons().stream().limit(ProviderResult.MAX_REASONS);
    return new ProviderResult(
        outcome,
        repeated,
        waited,
        otherKeyTried,
        previousUsed,
        reasons.collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  private ProviderOutcome outcome() {
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

  private static boolean slept(Duration pause) {
    try {
      Thread.sleep(pause);
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
        tell(key);
      }
      return attemptWith(key);
    } catch (ProviderKeyUnavailableException e) {
      return failed(ProviderErrors.ourKey());
    }
  }

  private Step attemptWith(ProviderKey current) {
    if (!left().isPositive()) {
      return failed(ProviderErrors.timeout(TimeLimit.TOTAL));
    }
    var connection = ready;
    ready = ConnectionWarmUp.NOW;
    try (var exchange = new ProviderAttempt(context.transport(), request(current), left())) {
      try {
        exchange.open(connection, context.settings().connect(), firstByteLimit());
      } catch (IOException e) {
        return withoutAnswer(exchange, e);
      }
      var step = answered(exchange, current);
      if (isImproper(step)) {
        exchange.doubtConnection();
      }
      return step;
    }
  }

  /** Whether the answer was broken: what comes behind it on its connection may be broken too. */
  private static boolean isImproper(Step step) {
    if (!(step instanceof Step.Done(var outcome))) {
      return false;
    }
    return switch (outcome) {
      case Failed failed -> failed.error().code() == ErrorCode.UPSTREAM_INVALID_RESPONSE;
      case Answered answered -> answered.brokenBy().isPresent();
      case PassedThrough _ -> false;
    };
  }

  private HttpPost request(ProviderKey current) {
    var request = new HttpPost(context.settings().url(call.path()));
    RequestHeaders.common(request, current);
    RequestHeaders.call(request, call);
    request.setEntity(
        new ByteArrayEntity(call.body(askForUsage), ContentType.create(RequestHeaders.JSON)));
    return request;
  }

  private Duration left() {
    return Duration.ofNanos(deadlineNanos - System.nanoTime());
  }

  private Optional<Duration> firstByteLimit() {
    return call.request().stream() ? Optional.of(context.settings().firstByte()) : Optional.empty();
  }

  /** No head of an answer came. */
  private Step withoutAnswer(ProviderAttempt exchange, IOException cause) {
    var lost = exchange.lost(cause);
    var error = whyNoAnswer(lost, cause);
    return switch (lost.next()) {
      case SEND_AGAIN_AT_ONCE -> againOr(error, Optional.of(Duration.ZERO));
      case SEND_AGAIN_AFTER_A_PAUSE -> againOr(error, Optional.empty());
      case FAIL -> failed(error);
      case FAIL_AND_CHARGE -> failed(error, delivery.estimated());
    };
  }

  private static ApiError whyNoAnswer(LostRequest lost, IOException cause) {
    if (lost.passed().isPresent()) {
      return ProviderErrors.timeout(lost.passed().get());
    }
    if (lost.connected()) {
      return ProviderErrors.noAnswer();
    }
    return cause instanceof SocketTimeoutException
        ? ProviderErrors.timeout(TimeLimit.CONNECT)
        : ProviderErrors.unreachable();
  }

  private Step answered(ProviderAttempt exchange, ProviderKey current) {
    int status = exchange.status();
    if (status == 200) {
      noteUsageSupport();
      return new Step.Done(delivery.deliver(exchange));
    }
    if (status == 401 && !(keyReplaced && previousTried)) {
      return withAnotherKey(exchange, current);
    }
    if (isAboutConnection(exchange, status)) {
      return againOr(ProviderErrors.of(status, Optional.empty()), Optional.of(Duration.ZERO));
    }
    return ProviderErrors.isTenants(status)
        ? refused(exchange, status)
        : brokenDown(exchange, status);
  }

  /** An answer shows whether the model can be asked for usage. */
  private void noteUsageSupport() {
    if (askedAgainWithoutUsage) {
      context.refusers().add(call.upstream().model(), context.clock().instant());
    } else if (askForUsage || call.request().usageRequest() == UsageRequest.BY_TENANT) {
      context.refusers().remove(call.upstream().model());
    }
  }

  /**
   * A balancer's notice that it closes an idle connection, which crossed our request: it has not
   * received that (RFC 9110, section 15.5.9).
   */
  private static boolean isAboutConnection(ProviderAttempt exchange, int status) {
    return status == 408
        && exchange.isOnReusedConnection()
        && exchange.header("connection").filter("close"::equalsIgnoreCase).isPresent();
  }

  /**
   * Each way to another key is gone once a call: the current one read anew, then the one before it,
   * should a bad one have been put in.
   */
  private Step withAnotherKey(ProviderAttempt exchange, ProviderKey refused) {
    exchange.finish();
    var other = keyReplaced ? refused : context.keys().replacing(refused);
    keyReplaced = true;
    if (other.sameSecret(refused) && !previousTried) {
      previousTried = true;
      other = context.keys().previous(refused).orElse(refused);
    }
    if (other.sameSecret(refused)) {
      return failed(ProviderErrors.ourKey());
    }
    key = other;
    otherKeyTried = true;
    tell(other);
    return atOnce(ProviderErrors.ourKey());
  }

  private void tell(ProviderKey tried) {
    context.known().add(tried);
    if (tried.isPrevious()) {
      previousTried = true;
      previousUsed = true;
    }
  }

  private static Step atOnce(ApiError otherwise) {
    return new Step.Again(Duration.ZERO, new Failed(otherwise, new Consumption.Nothing()));
  }

  private Step brokenDown(ProviderAttempt exchange, int status) {
    var asked =
        RetryAfter.read(
            exchange.header("retry-after-ms"),
            exchange.header("retry-after"),
            context.clock().instant());
    exchange.finish();
    var error = ProviderErrors.of(status, asked);
    return ProviderErrors.isWorthRepeating(status) ? againOr(error, asked) : failed(error);
  }

  /** Repeats the call where the policy allows it. After our own repeats the client need not. */
  private Step againOr(ApiError error, Optional<Duration> asked) {
    var told = repeated > 0 ? error.withoutRetry() : error;
    var pause = context.retries().nextWait(repeated, waited, asked, left());
    if (pause.isEmpty()) {
      return failed(told);
    }
    repeated++;
    waited = waited.plus(pause.get());
    return new Step.Again(pause.get(), new Failed(told, new Consumption.Nothing()));
  }

  private static Step failed(ApiError error) {
    return failed(error, new Consumption.Nothing());
  }

  private static Step failed(ApiError error, Consumption consumption) {
    return new Step.Done(new Failed(error, consumption));
  }

  /** A 4xx that may be about the tenant's own request. */
  private Step refused(ProviderAttempt exchange, int status) {
    var body = exchange.readBody(MAX_ERROR_BYTES);
    if (!body.isWhole()) {
      return failed(
          exchange
              .passed()
              .map(ProviderErrors::timeout)
              .orElseGet(ProviderCallExecution::unreadable));
    }
    if (askForUsage
        && (status == 400 || status == 422)
        && call.request().refusesUsage(body.bytes())) {
      askForUsage = false;
      askedAgainWithoutUsage = true;
      return atOnce(unreadable());
    }
    return new Step.Done(refusal(exchange, status, body.bytes()));
  }

  private static ApiError unreadable() {
    return ProviderErrors.invalid("The provider refused the request without a readable reason.");
  }

  private ProviderOutcome refusal(ProviderAttempt exchange, int status, byte[] body) {
    if (!JsonText.isJson(body, 0, body.length)) {
      return new Failed(unreadable(), new Consumption.Nothing());
    }
    var keys = context.known().search();
    if (ProviderErrorFilter.forbids(
        ErrorReader.read(body, 0, body.length), body, 0, body.length, keys)) {
      return new Failed(ProviderErrors.ourKey(), new Consumption.Nothing());
    }
    return new PassedThrough(status, body, jsonType(exchange, keys), new Consumption.Nothing());
  }

  /** Client libraries read an error's body only if it is called JSON. */
  private static String jsonType(ProviderAttempt exchange, KeySearch keys) {
    return exchange
        .header("content-type")
        .filter(type -> type.toLowerCase(Locale.ROOT).contains("json"))
        .filter(type -> !keys.finds(type))
        .orElse(RequestHeaders.JSON);
  }
}
