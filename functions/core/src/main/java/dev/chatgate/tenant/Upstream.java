package dev.chatgate.tenant;

/**
 * Where a call can go: a model at a provider.
 *
 * @param provider the provider's name
 * @param model the provider's name for the model
 */
public record Upstream(String provider, String model) {
  /** The name of the one provider that a deployment has. */
  public static final String DEFAULT_PROVIDER = "default";
}
