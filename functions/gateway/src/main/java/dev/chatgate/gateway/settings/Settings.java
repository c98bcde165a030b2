package dev.chatgate.gateway.settings;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.telemetry.MetricSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The deployment's settings, read once from environment variables. Every variable has a default,
 * except the names of the deployment's own resources and the provider's URL.
 *
 * @param tables names of the three tables
 * @param providerSecret name or ARN of the secret with the provider's key
 * @param signingSecret name or ARN of the secret with which client secrets are signed
 * @param allowedOrigins allowed browser origins; {@code *} allows any
 * @param callLimit maximum time of a call; the door or Lambda may allow less
 * @param cacheFor how long a tenant's configuration is cached
 * @param maxBodyBytes maximum size of a request body
 * @param defaultMaxTokens completion tokens reserved for a call without a maximum, unless the
 *     tenant has its own default or ceiling
 * @param spentStatus the status of {@code insufficient_quota}: 429 or 402
 * @param loopbackIssuers whether the key sets of logins are also fetched from this machine, over
 *     {@code http}; for development
 * @param playground whether the streaming door serves the page on which a person tries the gateway
 * @param edgeSecret whether every request must have the secret that a CDN in front adds
 * @param logCallerAddress whether log lines contain the caller's address
 * @param metrics whether metrics are published
 * @param tenantMetrics whether some metrics are also published for each tenant
 * @param provider the provider's base URL, and the limits of a call to it
 */
public record Settings(
    Tables tables,
    String providerSecret,
    String signingSecret,
    List<String> allowedOrigins,
    Duration callLimit,
    Duration cacheFor,
    int maxBodyBytes,
    long defaultMaxTokens,
    int spentStatus,
    boolean loopbackIssuers,
    boolean playground,
    boolean edgeSecret,
    boolean logCallerAddress,
    boolean metrics,
    boolean tenantMetrics,
    ProviderSettings provider) {

  private static final String PROVIDER_SECRET = "CHATGATE_PROVIDER_SECRET";
  private static final String SIGNING_SECRET = "CHATGATE_SIGNING_SECRET";
  private static final String UPSTREAM_BASE_URL = "UPSTREAM_BASE_URL";
  private static final String ALLOWED_ORIGINS = "CHATGATE_ALLOWED_ORIGINS";
  private static final String CALL_SECONDS = "CHATGATE_CALL_SECONDS";
  private static final String CACHE_SECONDS = "CHATGATE_CACHE_SECONDS";
  private static final String MAX_BODY_BYTES = "CHATGATE_MAX_BODY_BYTES";
  private static final String DEFAULT_MAX_TOKENS = "CHATGATE_DEFAULT_MAX_TOKENS";
  private static final String SPENT_STATUS = "CHATGATE_SPENT_STATUS";
  private static final String LOOPBACK_ISSUERS = "CHATGATE_LOOPBACK_ISSUERS";
  private static final String PLAYGROUND = "CHATGATE_PLAYGROUND";
  private static final String EDGE_SECRET = "CHATGATE_EDGE_SECRET";
  private static final String LOG_CALLER_ADDRESS = "CHATGATE_LOG_CALLER_ADDRESS";
  private static final String TENANT_METRICS = "CHATGATE_TENANT_METRICS";
  private static final String CONNECT_MS = "UPSTREAM_CONNECT_MS";
  private static final String FIRST_BYTE_MS = "UPSTREAM_FIRST_BYTE_MS";
  private static final String IDLE_MS = "UPSTREAM_IDLE_MS";
  private static final String RETRIES = "UPSTREAM_RETRIES";

  /** Every environment variable that the gateway reads. */
  public static final Set<String> VARIABLES =
      Set.of(
          Tables.TENANTS_VARIABLE,
          Tables.QUOTA_VARIABLE,
          Tables.USAGE_VARIABLE,
          PROVIDER_SECRET,
          SIGNING_SECRET,
          UPSTREAM_BASE_URL,
          ALLOWED_ORIGINS,
          CALL_SECONDS,
          CACHE_SECONDS,
          MAX_BODY_BYTES,
          DEFAULT_MAX_TOKENS,
          SPENT_STATUS,
          LOOPBACK_ISSUERS,
          PLAYGROUND,
          EDGE_SECRET,
          LOG_CALLER_ADDRESS,
          MetricSource.VARIABLE,
          TENANT_METRICS,
          CONNECT_MS,
          FIRST_BYTE_MS,
          IDLE_MS,
          RETRIES);

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException if a variable is missing or out of range; the message names it
   */
  public static Settings from(Map<String, String> environment) {
    var variables = new Variables(environment);
    return new Settings(
        Tables.fromEnvironment(environment),
        variables.required(PROVIDER_SECRET),
        variables.required(SIGNING_SECRET),
        variables.list(ALLOWED_ORIGINS, "*"),
        Duration.ofSeconds(variables.number(CALL_SECONDS, 840, 1, 870)),
        Duration.ofSeconds(variables.number(CACHE_SECONDS, 30, 0, 3600)),
        (int) variables.number(MAX_BODY_BYTES, 4_194_304, 1, 6_291_456),
        variables.number(DEFAULT_MAX_TOKENS, 4096, 1, 1_000_000_000),
        (int) variables.oneOf(SPENT_STATUS, 429, 402),
        variables.isOn(LOOPBACK_ISSUERS),
        variables.isOn(PLAYGROUND),
        variables.isOn(EDGE_SECRET),
        variables.isOn(LOG_CALLER_ADDRESS),
        MetricSource.isOn(environment),
        variables.isOn(TENANT_METRICS),
        provider(variables));
  }

  private static ProviderSettings provider(Variables variables) {
    return new ProviderSettings(
        variables.httpUri(UPSTREAM_BASE_URL),
        Duration.ofMillis(variables.number(CONNECT_MS, 3000, 1, 900_000)),
        Duration.ofMillis(variables.number(FIRST_BYTE_MS, 120_000, 1, 900_000)),
        Duration.ofMillis(variables.number(IDLE_MS, 60_000, 1, 900_000)),
        (int) variables.number(RETRIES, 2, 0, 10));
  }

  private record Variables(Map<String, String> environment) {
    String required(String name) {
      var value = environment.getOrDefault(name, "").strip();
      if (value.isEmpty()) {
        throw new IllegalArgumentException(name + " is not set");
      }
      return value;
    }

    String optional(String name, String ifAbsent) {
      var value = environment.getOrDefault(name, "").strip();
      return value.isEmpty() ? ifAbsent : value;
    }

    URI httpUri(String name) {
      try {
        var uri = new URI(required(name));
        if (String.valueOf(uri.getScheme()).matches("https?") && uri.getHost() != null) {
          return uri;
        }
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(name + " must be an http or https URL", e);
      }
      throw new IllegalArgumentException(name + " must be an http or https URL");
    }

    List<String> list(String name, String ifAbsent) {
      return Arrays.stream(optional(name, ifAbsent).split(",", -1))
          .map(String::strip)
          .filter(item -> !item.isEmpty())
          .toList();
    }

    long number(String name, long ifAbsent, long least, long most) {
      var text = optional(name, Long.toString(ifAbsent));
      try {
        long number = Long.parseLong(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw outOfRange(name, least, most, e);
      }
      throw outOfRange(name, least, most, null);
    }

    boolean isOn(String name) {
      var text = optional(name, "off");
      if (!text.equals("on") && !text.equals("off")) {
        throw new IllegalArgumentException(name + " must be on or off");
      }
      return text.equals("on");
    }

    long oneOf(String name, long ifAbsent, long other) {
      long number = number(name, ifAbsent, Math.min(ifAbsent, other), Math.max(ifAbsent, other));
      if (number != ifAbsent && number != other) {
        throw new IllegalArgumentException("%s must be %d or %d".formatted(name, ifAbsent, other));
      }
      return number;
    }

    private static IllegalArgumentException outOfRange(
        String name, long least, long most, @Nullable Throwable cause) {
      return new IllegalArgumentException(
          "%s must be a whole number from %d to %d".formatted(name, least, most), cause);
    }
  }
}
