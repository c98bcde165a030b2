package dev.chatgate.local;

/** What is there before anybody brings tenants or a provider of their own. */
final class Demo {
  /** The demo tenant's key. */
  static final String TENANT_KEY = "cg_demo";

  /** The demo tenant: no limits, every model. */
  static final String TENANTS =
      """
      [{"id": "demo", "status": "active", "keys": [{"name": "demo", "secret": "%s"}]}]
      """
          .formatted(TENANT_KEY);

  /** No prices: without a money limit nobody needs them. */
  static final String PRICES = "[]";

  /** The key that stands in for a provider's where none is given. */
  static final String PROVIDER_KEY = "local-upstream-key";

  private Demo() {}
}
