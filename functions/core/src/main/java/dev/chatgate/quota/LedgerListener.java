package dev.chatgate.quota;

import dev.chatgate.tenant.TenantId;

/** Is called with what the ledger repaired, for the log. It must not throw and not block. */
@FunctionalInterface
public interface LedgerListener {
  /** Does nothing. */
  LedgerListener NONE = tenant -> {};

  /**
   * A bucket was found in an impossible state and lowered to a full one: some clock was far ahead.
   *
   * @param tenant the bucket's tenant
   */
  void bucketRepaired(TenantId tenant);
}
