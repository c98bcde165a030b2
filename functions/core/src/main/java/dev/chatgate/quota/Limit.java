package dev.chatgate.quota;

/** The limits that an admission tests. */
public enum Limit {
  REQUESTS_PER_MINUTE("requests_per_minute"),
  TOKENS_PER_MINUTE("tokens_per_minute"),
  TOKENS_PER_DAY("tokens_per_day"),
  TOKENS_PER_MONTH("tokens_per_month"),
  COST_PER_MONTH("cost_per_month_usd"),
  CONCURRENT_REQUESTS("max_concurrent_requests");

  private final String key;

  Limit(String key) {
    this.key = key;
  }

  /** The limit's key in a tenant's {@code quota} object. */
  public String key() {
    return key;
  }
}
