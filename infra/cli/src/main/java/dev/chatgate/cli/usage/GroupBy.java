package dev.chatgate.cli.usage;

/** How a report groups usage, in addition to the tenant. */
enum GroupBy {
  /** One row per tenant. */
  TENANT,
  /** One row per UTC day. */
  DAY,
  /** One row per model, by the name that the tenant sent. */
  MODEL,
  /** One row per person, read from call records; not together with days or models. */
  USER
}
