package dev.chatgate.gateway;

import dev.chatgate.RequestId;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.gateway.account.AccountEndpoints;
import dev.chatgate.gateway.account.ApiDocument;
import dev.chatgate.gateway.auth.Authentication;
import dev.chatgate.gateway.auth.Authentication.Authenticated;
import dev.chatgate.gateway.auth.AuthenticationErrors;
import dev.chatgate.gateway.auth.Authenticator;
import dev.chatgate.gateway.auth.EdgeCheck;
import dev.chatgate.gateway.auth.EndUserHeader;
import dev.chatgate.gateway.call.EndUserTiers;
import dev.chatgate.gateway.call.MeteredCall;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.gateway.http.Cors;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.ResponseChannel;
import dev.chatgate.gateway.http.Route;
import dev.chatgate.gateway.http.TraceContext;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.log.EndUserHash;
import dev.chatgate.gateway.page.Playground;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Checks a request and passes it to its route. The order of checks is the same at both doors: edge
 * secret (403), preflight, path (404), method (405), size (413), credential (401), suspended
 * tenant, missing scope or forbidden origin (403), header with the end user (400), missing end user
 * (403), content type (415). {@link MeteredCall} checks body, model and quota. Every request is
 * answered, also after a defect or a failure of the store.
 */
public final class RequestPipeline {
  private static final String JSON = "application/json";
  private static final String IDENTITY = "identity";

  /** When to repeat a request that needs the signing secret while it cannot be read. */
  private static final Duration SECRET_RETRY_AFTER = Duration.ofSeconds(1);

  /** Time for authentication and admission, in addition to the provider's time limit. */
  private static final Duration MAX_TIME_BEFORE_PROVIDER = Duration.ofSeconds(10);

  private final int maxBodyBytes;
  private final Duration answerLimit;
  private final Cors cors;
  private final ApiDocument document = ApiDocument.read();
  private final Optional<Playground> playground;
  private final Optional<EdgeCheck> edge;
  private final Authenticator authenticator;
  private final EndUserTiers tiers;
  private final MeteredCall calls;
  private final List<Operation> operations;
  private final AccountEndpoints account;
  private final CallLog log;
  private final EndUserHash endUsers;
  private final RandomGenerator random;

  /**
   * @param edge checks the edge secret, if the settings want that
   */
  public RequestPipeline(
      Settings settings,
      EdgeCheck edge,
      Authenticator authenticator,
      EndUserTiers tiers,
      MeteredCall calls,
      List<Operation> operations,
      AccountEndpoints account,
      CallLog log,
      EndUserHash endUsers,
      RandomGenerator random) {
    this.maxBodyBytes = settings.maxBodyBytes();
    this.answerLimit = settings.callLimit().plus(MAX_TIME_BEFORE_PROVIDER);
    this.cors = new Cors(settings.allowedOrigins(), settings.playground());
    this.playground = settings.playground() ? Optional.of(Playground.read()) : Optional.empty();
    this.edge = settings.edgeSecret() ? Optional.of(edge) : Optional.empty();
    this.authenticator = authenticator;
    this.tiers = tiers;
    this.calls = calls;
    this.operations = List.copyOf(operations);
    this.account = account;
    this.log = log;
    this.endUsers = endUsers;
    this.random = random;
  }

  /**
   * Answers a request. When this returns, the answer has ended and the call is settled and logged.
   *
   * @param request the request
   * @param channel receives the answer
   */
  public void handle(GatewayRequest request, ResponseChannel channel) {
    var requestId = RequestId.fresh(random);
    var exchange = new Exchange(request, requestId, channel, log.begin(requestId, request));
    exchange.endWithin(answerLimit);
    try {
      answer(exchange);
    } catch (StoreUnavailableException e) {
      exchange.log().text("cause", String.valueOf(e.getMessage()));
      exchange.refuse(Exchange.storeUnavailable());
    } catch (SigningSecretUnavailableException e) {
      exchange.log().text("cause", String.valueOf(e.getMessage()));
      exchange.refuse(AuthenticationErrors.unavailable(SECRET_RETRY_AFTER));
    } catch (RuntimeException | Error e) {
      answerDefect(exchange, e);
    } finally {
      log.end(exchange.log());
    }
  }

  /**
   * Answers the daily keep-warm event with a 200, without reading the store or calling the
   * provider.
   *
   * @param channel receives the answer
   */
  public void answerKeepWarm(ResponseChannel channel) {
    log.event("keep-warm");
    answerEvent(
        channel,
        200,
        Map.of("content-type", JSON),
        "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers an event that is not an HTTP request with a 400.
   *
   * @param channel receives the answer
   */
  public void answerUnknownEvent(ResponseChannel channel) {
    log.event("unknown");
    var error =
        ApiError.of(ErrorCode.INVALID_VALUE, "This is not an HTTP request event (payload 2.0).");
    var headers = new LinkedHashMap<>(error.headers());
    headers.put("x-request-id", RequestId.fresh(random).value());
    headers.put("content-type", JSON);
    answerEvent(channel, error.status(), headers, error.body());
  }

  private void answerEvent(
      ResponseChannel channel, int status, Map<String, String> headers, byte[] body) {
    try {
      channel.endWithin(answerLimit);
      channel.head(status, headers);
      channel.write(body, 0, body.length);
      channel.end();
    } catch (IOException e) {
      log.event("answer not taken");
    }
  }

  private void answer(Exchange exchange) {
    var request = exchange.request();
    var noEdge = edge.flatMap(check -> check.refusal(request));
    if (noEdge.isPresent()) {
      exchange.log().text("cause", noEdge.get());
      exchange.refuse(EdgeCheck.error());
      return;
    }
    if (request.method().equals("OPTIONS")) {
      exchange.answer(204, cors.preflight(request), new byte[0]);
      return;
    }
    exchange.addHeaders(cors.answer(request));
    var route = Route.of(request.path(), operations).filter(found -> isServed(found, request));
    if (route.isEmpty()) {
      exchange.refuse(
          ApiError.of(
              ErrorCode.UNKNOWN_URL,
              "Unknown request URL: %s %s.%s"
                  .formatted(
                      CallLog.safe(request.method()),
                      CallLog.safe(request.path()),
                      Route.advice(request.path()))));
    } else if (!route.get().methods().contains(request.method())) {
      refuseMethod(exchange, route.get());
    } else {
      answer(exchange, route.get());
    }
  }

  /** Only the streaming door serves the page, because the page shows answers as they come. */
  private boolean isServed(Route route, GatewayRequest request) {
    return !(route instanceof Route.Playground)
        || (playground.isPresent() && request.door().streams());
  }

  private static void refuseMethod(Exchange exchange, Route route) {
    var allowed = String.join(", ", route.methods());
    exchange.refuse(
        ApiError.of(
            ErrorCode.METHOD_NOT_ALLOWED,
            "This URL takes %s, not %s."
                .formatted(allowed, CallLog.safe(exchange.request().method()))),
        Map.of("allow", allowed));
  }

  private void answer(Exchange exchange, Route route) {
    exchange.log().route(route);
    var tooLarge = tooLarge(exchange.request());
    if (tooLarge.isPresent()) {
      exchange.refuse(tooLarge.get());
      return;
    }
    switch (route) {
      case Route.Health health -> exchange.json(200, "{\"status\":\"ok\"}");
      case Route.Description description ->
          exchange.answer(200, Map.of("content-type", JSON), document.json());
      case Route.Playground page ->
          playground.ifPresent(found -> exchange.answer(200, found.headers(), found.html()));
      case Route.Models list ->
          authenticated(exchange, Scope.CALLS)
              .ifPresent(who -> account.models().list(exchange, tiers.stored(who.caller())));
      case Route.Model model ->
          authenticated(exchange, Scope.CALLS)
              .ifPresent(
                  who -> account.models().show(exchange, tiers.stored(who.caller()), model.id()));
      case Route.Usage used ->
          authenticated(exchange, Scope.USAGE)
              .ifPresent(who -> account.usage().show(exchange, who.caller()));
      case Route.ClientSecrets mint ->
          authenticated(exchange, Scope.CLIENT_SECRETS).ifPresent(who -> mint(exchange, who));
      case Route.Metered metered ->
          authenticated(exchange, Scope.CALLS)
              .ifPresent(who -> meter(exchange, who.caller(), metered.operation()));
    }
  }

  private Optional<ApiError> tooLarge(GatewayRequest request) {
    return request.body() instanceof GatewayRequest.Body.Bytes body
            && body.bytes().length > maxBodyBytes
        ? Optional.of(
            ApiError.of(
                ErrorCode.REQUEST_TOO_LARGE,
                "The request body has %d bytes; at most %d are taken."
                    .formatted(body.bytes().length, maxBodyBytes)))
        : Optional.empty();
  }

  private void meter(Exchange exchange, Caller who, Operation operation) {
    exchange.tracedBy(TraceContext.of(exchange.request().headers(), random));
    if (who.tenant().requireEndUser() && who.endUser().isEmpty()) {
      exchange.refuse(
          ApiError.of(ErrorCode.END_USER_REQUIRED, "This tenant requires an end user."));
      return;
    }
    jsonBody(exchange).ifPresent(body -> calls.answer(exchange, who, operation, body));
  }

  /** Only tenant keys have the scope for this. */
  private void mint(Exchange exchange, Authenticated who) {
    var key = who.key().orElseThrow();
    jsonBody(exchange).ifPresent(body -> account.clientSecrets().mint(exchange, key, body));
  }

  /** Returns the body; empty if the request was refused, because the body is not JSON in UTF-8. */
  private static Optional<byte[]> jsonBody(Exchange exchange) {
    var contentType = exchange.request().header("content-type").map(RequestPipeline::mediaType);
    if (contentType.isPresent() && !contentType.get().equals(JSON)) {
      exchange.refuse(
          ApiError.of(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The content type must be application/json."));
      return Optional.empty();
    }
    if (isCompressed(exchange.request())) {
      exchange.refuse(
          ApiError.of(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "A compressed request body is not supported: send it without Content-Encoding."),
          Map.of("accept-encoding", IDENTITY));
      return Optional.empty();
    }
    return switch (exchange.request().body()) {
      case GatewayRequest.Body.Bytes body -> Optional.of(body.bytes());
      case GatewayRequest.Body.Undecodable body -> {
        exchange.refuse(
            ApiError.of(
                ErrorCode.INVALID_JSON,
                "The request body is not valid UTF-8, or its base64 is broken."));
        yield Optional.empty();
      }
    };
  }

  /** Whether the body has a content coding other than {@code identity} (RFC 9110, section 8.4). */
  private static boolean isCompressed(GatewayRequest request) {
    return request.header("content-encoding").stream()
        .flatMap(codings -> Arrays.stream(codings.split(",", -1)))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase(IDENTITY));
  }

  private static String mediaType(String contentType) {
    int parameters = contentType.indexOf(';');
    return (parameters < 0 ? contentType : contentType.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the caller; empty if the request was refused, in which case the refusal has been sent.
   *
   * @param needed what the credential must allow
   */
  private Optional<Authenticated> authenticated(Exchange exchange, Scope needed) {
    return switch (authenticator.authenticate(exchange.request())) {
      case Authentication.Refused(var error) -> {
        exchange.refuse(error);
        yield Optional.empty();
      }
      case Authenticated known -> {
        exchange.log().caller(known.caller());
        known.clientSecretId().ifPresent(exchange.log()::clientSecret);
        logEndUser(exchange, known.caller());
        var forbidden = forbidden(exchange.request(), known.caller(), needed);
        forbidden.ifPresent(exchange::refuse);
        yield forbidden.isPresent() ? Optional.empty() : withEndUser(exchange, known);
      }
    };
  }

  /** Reads the header with the end user. An invalid one is refused. */
  private Optional<Authenticated> withEndUser(Exchange exchange, Authenticated known) {
    return switch (EndUserHeader.read(exchange.request(), known.caller())) {
      case EndUserHeader.Read.Absent() -> Optional.of(known);
      case EndUserHeader.Read.Ignored() -> {
        exchange.log().endUserHeaderIgnored();
        yield Optional.of(known);
      }
      case EndUserHeader.Read.Named(var endUser) -> {
        var caller = known.caller().withEndUser(endUser);
        logEndUser(exchange, caller);
        yield Optional.of(known.withCaller(caller));
      }
      case EndUserHeader.Read.Invalid(var error) -> {
        exchange.refuse(error);
        yield Optional.empty();
      }
    };
  }

  private void logEndUser(Exchange exchange, Caller caller) {
    caller.endUser().flatMap(endUsers::of).ifPresent(exchange.log()::endUser);
  }

  private Optional<ApiError> forbidden(GatewayRequest request, Caller who, Scope needed) {
    if (who.tenant().status() == TenantStatus.SUSPENDED) {
      return Optional.of(ApiError.of(ErrorCode.TENANT_SUSPENDED, "This tenant is suspended."));
    }
    if (!who.has(needed)) {
      return Optional.of(
          ApiError.of(
              ErrorCode.NOT_ALLOWED,
              "This credential lacks the scope %s.".formatted(needed.wireName())));
    }
    boolean narrowed =
        who.narrowing().allowedOrigins().map(only -> !Cors.comesFrom(request, only)).orElse(false);
    if (narrowed || !cors.allows(request, who.tenant().allowedOrigins())) {
      return Optional.of(
          ApiError.of(
              ErrorCode.ORIGIN_NOT_ALLOWED,
              request
                  .header("origin")
                  .map(origin ->
                      "Calls from the browser origin %s are not allowed."
                          .formatted(CallLog.safe(origin)))
                  .orElse("Calls without a browser origin are not allowed.")));
    }
    return Optional.empty();
  }

  private void answerDefect(Exchange exchange, Throwable defect) {
    log.defect(exchange.requestId(), defect);
    var error = ApiError.of(ErrorCode.INTERNAL_ERROR, "An internal error occurred.");
    if (exchange.channel().committed()) {
      exchange.breakOff(error, defect);
    } else {
      exchange.refuse(error);
    }
  }
}
