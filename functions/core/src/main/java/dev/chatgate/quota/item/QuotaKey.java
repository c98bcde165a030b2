package dev.chatgate.quota.item;

import dev.chatgate.tenant.TenantId;
import java.util.Optional;

/**
 * Names one quota item. Every tenant has one, shard 0; the number is there so that a tenant can be
 * spread over several. What is admitted at an item is settled, expired and closed at that item: the
 * reservation, the reconciler's index and the rows of closed days carry the key or its shard.
 *
 * @param tenant the tenant
 * @param shard 0 and up
 */
public record QuotaKey(TenantId tenant, int shard) {
  private static final char SEPARATOR = '#';

  /**
   * The item of a tenant that has only one. Those who begin with a tenant begin here: an admission,
   * an operator's correction, the report of usage and the audit.
   */
  public static QuotaKey of(TenantId tenant) {
    return new QuotaKey(tenant, 0);
  }

  /** Reads {@link #toString}'s form; empty for an item that is no tenant's. */
  public static Optional<QuotaKey> parse(String key) {
    int separator = key.lastIndexOf(SEPARATOR);
    if (separator < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new QuotaKey(
              new TenantId(key.substring(0, separator)),
              Integer.parseInt(key.substring(separator + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The key in the store: the tenant, {@code #} (which no tenant's name holds) and the shard. */
  @Override
  public String toString() {
    return tenant.value() + SEPARATOR + shard;
  }
}
