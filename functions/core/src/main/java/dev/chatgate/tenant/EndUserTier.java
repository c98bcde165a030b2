package dev.chatgate.tenant;

import java.util.List;
import java.util.Optional;

/**
 * What each end user of a tenant may use. A tier holds beside the tenant's own limits, and never
 * widens them.
 *
 * @param name its name in the tenant
 * @param quota the limits of each end user; a limit that is absent does not bound them
 * @param models the only model names that they may use, as the tenant sends them; {@code *} among
 *     them, or absent, means those of the tenant
 */
public record EndUserTier(String name, Quota quota, Optional<List<String>> models) {
  /** The tier of end users for whom no other one is named. A tenant that has tiers has this one. */
  public static final String DEFAULT = "default";

  /** Longest name, in characters. */
  public static final int MAX_NAME_LENGTH = 64;

  /** Copies the list. */
  public EndUserTier {
    models = models.map(List::copyOf);
  }

  /** A tier without models of its own. */
  public EndUserTier(String name, Quota quota) {
    this(name, quota, Optional.empty());
  }

  /**
   * Whether the tier allows a model.
   *
   * @param model the name as the tenant sends it
   */
  public boolean mayUse(String model) {
    return models.map(names -> names.contains("*") || names.contains(model)).orElse(true);
  }
}
