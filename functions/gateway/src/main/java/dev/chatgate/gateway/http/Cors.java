package dev.chatgate.gateway.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The CORS headers of the deployment's origins (Fetch standard, "CORS protocol"). A preflight has
 * no key, so its answer depends only on the deployment. A tenant's own list is checked at the call.
 */
public final class Cors {
  // Chrome caches a preflight for at most two hours.
  private static final String PREFLIGHT_SECONDS = "7200";
  private static final String METHODS = "GET, HEAD, POST, OPTIONS";
  private static final String EXPOSED =
      "x-request-id, retry-after, retry-after-ms, x-should-retry, x-chatgate-error-source, "
          + "x-chatgate-limit-scope, x-chatgate-quota-warning, "
          + "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
          + "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";

  private static final Pattern LOOPBACK =
      Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]{1,5})?");

  private final List<String> origins;
  private final boolean hasOwnPage;

  /**
   * @param origins the deployment's allowed origins; {@code *} allows any
   * @param hasOwnPage whether the gateway serves a page of its own, so that its own host may call
   */
  public Cors(List<String> origins, boolean hasOwnPage) {
    this.origins = List.copyOf(origins);
    this.hasOwnPage = hasOwnPage;
  }

  /**
   * Whether the request's origin is allowed. A request without {@code Origin} is allowed, and so is
   * one of the gateway's own page.
   */
  public boolean allows(GatewayRequest request, Optional<List<String>> tenantOrigins) {
    if (hasOwnPage && request.door().streams() && comesFromOwnHost(request)) {
      return true;
    }
    return request
        .header("origin")
        .map(origin ->
            among(origins, origin) && tenantOrigins.map(own -> among(own, origin)).orElse(true))
        .orElse(true);
  }

  /**
   * Whether the request comes from one of the origins. A request without {@code Origin} does not.
   */
  public static boolean comesFrom(GatewayRequest request, List<String> origins) {
    return request.header("origin").filter(origins::contains).isPresent();
  }

  /** Whether the origin is the host of the request. On this machine the page has no TLS. */
  private static boolean comesFromOwnHost(GatewayRequest request) {
    var origin = request.header("origin").orElse("");
    var host = request.header("host").orElse("");
    return (!host.isEmpty() && origin.equals("https://" + host))
        || (LOOPBACK.matcher(host).matches() && origin.equals("http://" + host));
  }

  /** The CORS headers of an answer. */
  public Map<String, String> answer(GatewayRequest request) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("vary", "Origin");
    allowedOrigin(request)
        .ifPresent(origin -> {
          headers.put("access-control-allow-origin", origin);
          headers.put("access-control-expose-headers", EXPOSED);
        });
    return headers;
  }

  /**
   * The headers of a preflight's answer. The requested header names are all allowed, because a
   * fixed list would be outdated by the next client library, and {@code *} does not include {@code
   * Authorization}. Access from a public page to a private network is allowed if the preflight
   * requests it (Private Network Access, "Preflight").
   */
  public Map<String, String> preflight(GatewayRequest request) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(
        "vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network");
    allowedOrigin(request)
        .ifPresent(origin -> {
          headers.put("access-control-allow-origin", origin);
          headers.put("access-control-allow-methods", METHODS);
          headers.put("access-control-max-age", PREFLIGHT_SECONDS);
          request
              .header("access-control-request-headers")
              .filter(HeaderFields::isListOfNames)
              .ifPresent(asked -> headers.put("access-control-allow-headers", asked));
          request
              .header("access-control-request-private-network")
              .filter("true"::equals)
              .ifPresent(asked -> headers.put("access-control-allow-private-network", asked));
        });
    return headers;
  }

  private Optional<String> allowedOrigin(GatewayRequest request) {
    return request
        .header("origin")
        .filter(HeaderFields::isValue)
        .filter(origin -> among(origins, origin));
  }

  private static boolean among(List<String> origins, String origin) {
    return origins.contains("*") || origins.contains(origin);
  }
}
