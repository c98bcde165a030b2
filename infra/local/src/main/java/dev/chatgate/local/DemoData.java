package dev.chatgate.local;

/** The tenants, the prices and the provider key of a start that configures none. */
final class DemoData {
  /** The demo tenant's key. */
  static final String TENANT_KEY = "cg_demo";

  /** The key of the tenant with limits. */
  static final String LIMITED_KEY = "cg_limited";

  /**
   * The demo tenant, without limits and with every model; and one with limits of each kind, small
   * enough to be reached by hand, for the tenant and for each end user.
   */
  static final String TENANTS =
      """
      [{"id": "demo", "status": "active", "keys": [{"name": "demo", "secret": "%s"}]},
       {"id": "limited", "status": "active",
        "keys": [{"name": "limited", "secret": "%s",
                  "scopes": ["calls", "usage", "client_secrets", "end_user_header"]}],
        "quota": {"requests_per_minute": 6, "tokens_per_minute": 4000, "tokens_per_day": 10000,
                  "max_concurrent_requests": 2, "max_tokens_per_request": 2000,
                  "default_max_tokens": 200, "warn_at": [80]},
        "end_user_tiers": {
          "default": {"requests_per_minute": 3, "tokens_per_day": 1000, "warn_at": [80]},
          "pro": {"requests_per_minute": 5, "tokens_per_day": 5000, "warn_at": [80]}}}]
      """
          .formatted(TENANT_KEY, LIMITED_KEY);

  /** No prices: they are needed for money limits only. */
  static final String PRICES = "[]";

  /** The provider key if none is configured. */
  static final String PROVIDER_KEY = "local-upstream-key";

  private DemoData() {}
}
