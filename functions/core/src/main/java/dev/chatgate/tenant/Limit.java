package dev.chatgate.tenant;

/**
 * The name of one limit of a tenant, and how its value is read and shown.
 *
 * @param key its key in a tenant's {@code quota} object
 * @param unit what its value counts
 * @param label its value in a list of limits, {@code %s} being the amount
 * @param description one sentence for the help of a command line
 */
public record Limit(String key, Unit unit, String label, String description) {

  /** What a limit counts. */
  public enum Unit {
    /** Calls. */
    REQUESTS,
    /** Prompt and completion tokens. */
    TOKENS,
    /** Micro-dollars. People read and write them as dollars with at most six decimal places. */
    MICRO_USD
  }

  /** Whether its value is an amount of money. */
  public boolean isMoney() {
    return unit == Unit.MICRO_USD;
  }
}
