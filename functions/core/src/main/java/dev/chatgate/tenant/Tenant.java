package dev.chatgate.tenant;

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
 */
public record Tenant(
    TenantId id,
    TenantStatus status,
    Quota quota,
    Optional<List<String>> models,
    Map<String, String> modelAliases,
    Optional<List<String>> allowedOrigins) {

  /** Copies the collections. */
  public Tenant {
    models = models.map(List::copyOf);
    modelAliases = Map.copyOf(modelAliases);
    allowedOrigins = allowedOrigins.map(List::copyOf);
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
