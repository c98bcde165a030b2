package dev.chatgate.cli.usage;

/** What a report has rows of, beside the tenant. */
enum GroupBy {
  /** One row a tenant, if nothing else is asked for. */
  TENANT,
  /** One row a UTC day. */
  DAY,
  /** One row a model, as the tenant sent its name. */
  MODEL
}
