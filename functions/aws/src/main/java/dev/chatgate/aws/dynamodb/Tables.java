package dev.chatgate.aws.dynamodb;

import dev.chatgate.quota.item.ItemNames;
import java.util.Map;

/**
 * The three tables: their names in a deployment, and their keys. The template creates them.
 *
 * @param tenants configuration, key hashes and prices
 * @param quota one item a tenant: what is settled and what is in flight
 * @param usage records of calls, and rows of closed days
 */
public record Tables(String tenants, String quota, String usage) {
  /** The names that {@code mvn -Plocal} gives them. */
  public static final Tables LOCAL =
      new Tables("chatgate-tenants", "chatgate-quota", "chatgate-usage");

  /** Environment variable with the name of the Tenants table. */
  public static final String TENANTS_VARIABLE = "CHATGATE_TENANTS_TABLE";

  /** Environment variable with the name of the Quota table. */
  public static final String QUOTA_VARIABLE = "CHATGATE_QUOTA_TABLE";

  /** Environment variable with the name of the Usage table. */
  public static final String USAGE_VARIABLE = "CHATGATE_USAGE_TABLE";

  /** Hash key of every table: a string. */
  public static final String HASH_KEY = "pk";

  /** Range key of the Tenants and the Usage table: a string. The Quota table has none. */
  public static final String RANGE_KEY = "sk";

  /** The Quota table's sparse index of items that the reconciler must look at: keys only. */
  public static final String DUE_INDEX = "due";

  /** Hash key of {@link #DUE_INDEX}: a string. */
  public static final String DUE_HASH_KEY = "wp";

  /** Range key of {@link #DUE_INDEX}: a number, the epoch minute of the entry that set it. */
  public static final String DUE_RANGE_KEY = "w";

  /** The Usage table's time to live: a number, epoch seconds. */
  public static final String USAGE_TTL = "expires_at";

  /** The Quota table's time to live, in items of end users only: a number, epoch seconds. */
  public static final String QUOTA_TTL = ItemNames.EXPIRES_AT;

  /**
   * Takes the names from the environment.
   *
   * @throws IllegalStateException if a variable is not set
   */
  public static Tables fromEnvironment(Map<String, String> environment) {
    return new Tables(
        name(environment, TENANTS_VARIABLE),
        name(environment, QUOTA_VARIABLE),
        name(environment, USAGE_VARIABLE));
  }

  /**
   * Takes the names of the two tables that the ledger needs from the environment; the third stays
   * empty.
   *
   * @throws IllegalStateException if a variable is not set
   */
  public static Tables ofLedger(Map<String, String> environment) {
    return new Tables("", name(environment, QUOTA_VARIABLE), name(environment, USAGE_VARIABLE));
  }

  private static String name(Map<String, String> environment, String variable) {
    var name = environment.getOrDefault(variable, "");
    if (name.isBlank()) {
      throw new IllegalStateException(variable + " is not set");
    }
    return name;
  }
}
