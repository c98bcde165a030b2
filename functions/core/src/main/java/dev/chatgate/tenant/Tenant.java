package dev.chatgate.tenant;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One tenant's configuration, without its keys.
 *
 * @param id its name
 * @param status whether it may call
 * @param quota its limits
 * @param models the model names it may use, as it sends them; {@code *} among them, or absent,
 *     means all; empty means none
 * @param modelAliases names that the tenant may send, and the provider's name for each
 * @param allowedOrigins browser origins; absent means the deployment's
 * @param requireEndUser whether every metered call must name an end user
 * @param issuers the logins of which it accepts tokens
 * @param endUserTiers the limits of its end users, by the tier's name; {@link EndUserTier#DEFAULT}
 *     is among them. Empty: its end users have no limits of their own
 */
public record Tenant(
    TenantId id,
    TenantStatus status,
    Quota quota,
    Optional<List<String>> models,
    Map<String, String> modelAliases,
    Optional<List<String>> allowedOrigins,
    boolean requireEndUser,
    List<Issuer> issuers,
    Map<String, EndUserTier> endUserTiers) {
  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if there are tiers, but no default one, or a tier is listed
   *     under another name than its own
   */
  public Tenant {
    models = models.map(List::copyOf);
    modelAliases = Map.copyOf(modelAliases);
    allowedOrigins = allowedOrigins.map(List::copyOf);
    issuers = List.copyOf(issuers);
    endUserTiers = Map.copyOf(endUserTiers);
    if (!endUserTiers.isEmpty() && !endUserTiers.containsKey(EndUserTier.DEFAULT)) {
      throw new IllegalArgumentException("end_user_tiers need the tier " + EndUserTier.DEFAULT);
    }
    endUserTiers.forEach((name, tier) -> {
      if (!name.equals(tier.name())) {
        throw new IllegalArgumentException("a tier is listed under another name");
      }
    });
  }

  /** A tenant without limits for each end user. */
  public Tenant(
      TenantId id,
      TenantStatus status,
      Quota quota,
      Optional<List<String>> models,
      Map<String, String> modelAliases,
      Optional<List<String>> allowedOrigins,
      boolean requireEndUser,
      List<Issuer> issuers) {
    this(
        id, status, quota, models, modelAliases, allowedOrigins, requireEndUser, issuers, Map.of());
  }

  /** A tenant that requires no end user and accepts no login. */
  public Tenant(
      TenantId id,
      TenantStatus status,
      Quota quota,
      Optional<List<String>> models,
      Map<String, String> modelAliases,
      Optional<List<String>> allowedOrigins) {
    this(id, status, quota, models, modelAliases, allowedOrigins, false, List.of());
  }

  /** The same tenant with another status. */
  public Tenant withStatus(TenantStatus other) {
    return new Tenant(
        id,
        other,
        quota,
        models,
        modelAliases,
        allowedOrigins,
        requireEndUser,
        issuers,
        endUserTiers);
  }

  /** The same tenant with other limits. */
  public Tenant withQuota(Quota other) {
    return new Tenant(
        id,
        status,
        other,
        models,
        modelAliases,
        allowedOrigins,
        requireEndUser,
        issuers,
        endUserTiers);
  }

  /** The same tenant with other logins. */
  public Tenant withIssuers(List<Issuer> others) {
    return new Tenant(
        id,
        status,
        quota,
        models,
        modelAliases,
        allowedOrigins,
        requireEndUser,
        others,
        endUserTiers);
  }

  /** The same tenant with other tiers of its end users. */
  public Tenant withEndUserTiers(List<EndUserTier> others) {
    var byName = new HashMap<String, EndUserTier>();
    others.forEach(tier -> byName.put(tier.name(), tier));
    return new Tenant(
        id, status, quota, models, modelAliases, allowedOrigins, requireEndUser, issuers, byName);
  }

  /**
   * The tier of a name; the default one if no name is given, or the tenant has no tier of that
   * name. Empty if its end users have no limits of their own.
   */
  public Optional<EndUserTier> endUserTier(Optional<String> name) {
    return name.map(endUserTiers::get)
        .or(() -> Optional.ofNullable(endUserTiers.get(EndUserTier.DEFAULT)));
  }

  /**
   * Whether the tenant may use a model.
   *
   * @param model the name as the tenant sent it
   */
  public boolean mayUse(String model) {
    return models.map(names -> names.contains("*") || names.contains(model)).orElse(true);
  }

  /**
   * Where calls for a model can go, in the order in which to try them; never empty.
   *
   * @param model the name as the tenant sent it
   */
  public List<Upstream> upstreams(String model) {
    var upstreamModel = modelAliases.getOrDefault(model, model);
    return List.of(new Upstream(Upstream.DEFAULT_PROVIDER, upstreamModel));
  }
}
