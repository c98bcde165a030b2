package dev.chatgate.gateway.account;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that a client secret allows nothing that its tenant may not do. */
final class NarrowingCheck {
  private static final String ANY = "*";

  /**
   * An origin as a browser sends it (RFC 6454, section 6.2): scheme, host and, if it is not the
   * scheme's own, port.
   */
  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

  private final List<String> deploymentOrigins;

  /**
   * @param deploymentOrigins the origins of a tenant that has none of its own; {@code *} allows any
   */
  NarrowingCheck(List<String> deploymentOrigins) {
    this.deploymentOrigins = List.copyOf(deploymentOrigins);
  }

  /**
   * Compares a request with a tenant and with the tier that it names.
   *
   * @return a 400 that names the first value that the tenant or the tier does not allow; empty if
   *     there is none
   */
  Optional<ApiError> error(ClientSecretRequest request, Tenant tenant) {
    return request.tier().isEmpty()
        ? error(request.narrowing(), tenant, Optional.empty())
        : error(request, tenant, tenant.endUserTiers().get(request.tier().get()));
  }

  private Optional<ApiError> error(
      ClientSecretRequest request, Tenant tenant, @Nullable EndUserTier tier) {
    if (tier == null) {
      return Optional.of(invalid("tier", "Expected the name of a tier of this tenant."));
    }
    if (request.endUser().isEmpty()) {
      return Optional.of(
          ApiError.about(
              ErrorCode.MISSING_REQUIRED_PARAMETER,
              "user",
              "Invalid 'user': A tier is an end user's, but the end user is missing."));
    }
    return error(request.narrowing(), tenant, Optional.of(tier));
  }

  private Optional<ApiError> error(Narrowing narrowing, Tenant tenant, Optional<EndUserTier> tier) {
    return first("models", narrowing.models(), model -> mayName(tenant, tier, model), "model")
        .or(() -> tooManyTokens(narrowing, tenant.quota(), "tenant"))
        .or(() -> tier.flatMap(named -> tooManyTokens(narrowing, named.quota(), "tier")))
        .or(() ->
            first(
                "allowed_origins",
                narrowing.allowedOrigins(),
                origin -> mayName(origins(tenant), origin),
                "origin"));
  }

  private static Optional<ApiError> first(
      String field, Optional<List<String>> values, Predicate<String> allowed, String what) {
    var list = values.orElse(List.of());
    for (int i = 0; i < list.size(); i++) {
      if (!allowed.test(list.get(i))) {
        return Optional.of(
            invalid(field + "[" + i + "]", "Expected the name of a " + what + " of this tenant."));
      }
    }
    return Optional.empty();
  }

  /** The star stands for all models in a tenant, but is no model's name. */
  private static boolean mayName(Tenant tenant, Optional<EndUserTier> tier, String model) {
    return !model.equals(ANY)
        && tenant.mayUse(model)
        && tier.map(named -> named.mayUse(model)).orElse(true);
  }

  private List<String> origins(Tenant tenant) {
    return tenant.allowedOrigins().orElse(deploymentOrigins);
  }

  private static boolean mayName(List<String> allowed, String origin) {
    return !origin.equals(ANY)
        && (allowed.contains(origin)
            || (allowed.contains(ANY) && ORIGIN.matcher(origin).matches()));
  }

  private static Optional<ApiError> tooManyTokens(Narrowing narrowing, Quota quota, String whose) {
    var most = quota.maxTokensPerRequest();
    var wanted = narrowing.maxTokensPerRequest();
    return most.isPresent() && wanted.isPresent() && wanted.getAsLong() > most.getAsLong()
        ? Optional.of(
            invalid(
                "max_tokens_per_request",
                "Expected at most the %s's own limit, %d.".formatted(whose, most.getAsLong())))
        : Optional.empty();
  }

  private static ApiError invalid(String field, String message) {
    return ApiError.about(
        ErrorCode.INVALID_VALUE, field, "Invalid '%s': %s".formatted(field, message));
  }
}
