package dev.chatgate.quota.item;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.TenantId;
import java.util.Optional;

/**
 * Names one quota item. Every tenant has one, shard 0; the number is there so that a tenant can be
 * spread over several. What is admitted at an item is settled, expired and closed at that item: the
 * reservation, the reconciler's index and the rows of closed days carry the key or its shard. Where
 * a tenant has tiers, each of its end users has an item too, beside the tenant's.
 *
 * @param tenant the tenant
 * @param shard 0 and up; of an end user's item 0
 * @param endUser the end user, if it is an end user's item; absent for a tenant's
 */
public record QuotaKey(TenantId tenant, int shard, Optional<EndUserHash> endUser) {
  private static final char SEPARATOR = '#';
  private static final int MAX_PARTS = 3;

  /** A tenant's item. */
  public QuotaKey(TenantId tenant, int shard) {
    this(tenant, shard, Optional.empty());
  }

  /**
   * The item of a tenant that has only one. Those who begin with a tenant begin here: an admission,
   * an operator's correction, the report of usage and the audit.
   */
  public static QuotaKey of(TenantId tenant) {
    return new QuotaKey(tenant, 0);
  }

  /** The item of an end user. */
  public static QuotaKey of(TenantId tenant, EndUser endUser) {
    return QuotaKey.of(tenant).ofEndUser(EndUserHash.of(tenant, endUser));
  }

  /** The item of an end user of this item's tenant. */
  public QuotaKey ofEndUser(EndUserHash hash) {
    return new QuotaKey(tenant, 0, Optional.of(hash));
  }

  /** Whether it is an end user's item, not a tenant's. */
  public boolean isOfEndUser() {
    return endUser.isPresent();
  }

  /** Reads {@link #toString}'s form; empty for an item of another sort. */
  public static Optional<QuotaKey> parse(String key) {
    var parts = key.split(Character.toString(SEPARATOR), -1);
    if (parts.length < 2 || parts.length > MAX_PARTS) {
      return Optional.empty();
    }
    try {
      var tenantKey = new QuotaKey(new TenantId(parts[0]), Integer.parseInt(parts[1]));
      return Optional.of(
          parts.length < MAX_PARTS
              ? tenantKey
              : tenantKey.ofEndUser(EndUserHash.parse(parts[MAX_PARTS - 1])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The key in the store: the tenant, {@code #} (which no tenant's name holds) and the shard; for
   * an end user's item another {@code #} and the hash.
   */
  @Override
  public String toString() {
    var tenantKey = tenant.value() + SEPARATOR + shard;
    return endUser.map(hash -> tenantKey + SEPARATOR + hash).orElse(tenantKey);
  }
}
