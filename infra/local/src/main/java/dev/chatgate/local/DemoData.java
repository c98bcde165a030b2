package dev.chatgate.local;

/** The tenant, the prices and the provider key of a start that configures none. */
final class DemoData {
  /** The demo tenant's key. */
  static final String TENANT_KEY = "cg_demo";

  /** The demo tenant: no limits, every model. */
  static final String TENANTS =
      """
      [{"id": "demo", "status": "active", "keys": [{"name": "demo", "secret": "%s"}]}]
      """
          .formatted(TENANT_KEY);

  /** No prices: they are needed for money limits only. */
  static final String PRICES = "[]";

  /** The provider key if none is configured. */
  static final String PROVIDER_KEY = "local-upstream-key";

  private DemoData() {}
}
