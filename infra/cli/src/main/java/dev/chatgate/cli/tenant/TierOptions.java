package dev.chatgate.cli.tenant;

import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a tier. What has no option does not change. */
final class TierOptions {
  @Mixin private QuotaOptions quota = new QuotaOptions();

  @Option(
      names = "--models",
      paramLabel = "NAMES",
      description =
          "Models that the tier allows, by the names that the tenant sends, comma-separated; '*'"
              + " allows all of the tenant's, '' none. Default: all of the tenant's.")
  private Optional<String> models = Optional.empty();

  /** Whether any option is given. */
  boolean isGiven() {
    return quota.isGiven() || models.isPresent();
  }

  /**
   * The tier with the options applied.
   *
   * @param before the tier of the name, if there is one
   */
  EndUserTier applyTo(String name, Optional<EndUserTier> before) {
    return new EndUserTier(
        name,
        quota.applyTo(before.map(EndUserTier::quota).orElse(Quota.UNLIMITED)),
        models
            .<List<String>>map(TenantOptions::models)
            .or(() -> before.flatMap(EndUserTier::models)));
  }
}
