package dev.chatgate.tenant;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a credential takes away from what its tenant may do. It never adds anything: the tenant's
 * own limits apply as well.
 *
 * @param models the only model names that may be used, as the tenant sends them; absent means those
 *     of the tenant
 * @param maxTokensPerRequest the most completion tokens of one choice; absent means the tenant's
 * @param allowedOrigins the only browser origins, one of which must be sent; absent means those of
 *     the tenant
 */
public record Narrowing(
    Optional<List<String>> models,
    OptionalLong maxTokensPerRequest,
    Optional<List<String>> allowedOrigins) {
  /** Takes nothing away. */
  public static final Narrowing NONE =
      new Narrowing(Optional.empty(), OptionalLong.empty(), Optional.empty());

  /** Copies the lists. */
  public Narrowing {
    models = models.map(List::copyOf);
    allowedOrigins = allowedOrigins.map(List::copyOf);
  }
}
