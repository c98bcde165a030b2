package dev.chatgate.tenant;

/** Whether a tenant may call at all. */
public enum TenantStatus {
  /** Calls are checked and admitted. */
  ACTIVE,
  /** Every call is a 403 {@code tenant_suspended}; calls in flight end normally. */
  SUSPENDED
}
