package dev.chatgate.aws.dynamodb;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveSpecification;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/**
 * The three tables: their names in a deployment, their keys, and the requests that create them
 * where no template does. Every table is billed by request.
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

  /** One request a table, for DynamoDB Local and the like; a deployment has its template. */
  public List<CreateTableRequest> createRequests() {
    return List.of(createTenants(), createQuota(), createUsage());
  }

  /** Lets the store remove records past their retention. */
  public UpdateTimeToLiveRequest timeToLiveRequest() {
    return UpdateTimeToLiveRequest.builder()
        .tableName(usage)
        .timeToLiveSpecification(
            TimeToLiveSpecification.builder().attributeName(USAGE_TTL).enabled(true).build())
        .build();
  }

  private CreateTableRequest createTenants() {
    return twoKeys(tenants);
  }

  private CreateTableRequest createUsage() {
    return twoKeys(usage);
  }

  private static CreateTableRequest twoKeys(String table) {
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            attribute(HASH_KEY, ScalarAttributeType.S), attribute(RANGE_KEY, ScalarAttributeType.S))
        .keySchema(key(HASH_KEY, KeyType.HASH), key(RANGE_KEY, KeyType.RANGE))
        .build();
  }

  private CreateTableRequest createQuota() {
    return CreateTableRequest.builder()
        .tableName(quota)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            attribute(HASH_KEY, ScalarAttributeType.S),
            attribute(DUE_HASH_KEY, ScalarAttributeType.S),
            attribute(DUE_RANGE_KEY, ScalarAttributeType.N))
        .keySchema(key(HASH_KEY, KeyType.HASH))
        .globalSecondaryIndexes(dueIndex())
        .build();
  }

  private static GlobalSecondaryIndex dueIndex() {
    return GlobalSecondaryIndex.builder()
        .indexName(DUE_INDEX)
        .keySchema(key(DUE_HASH_KEY, KeyType.HASH), key(DUE_RANGE_KEY, KeyType.RANGE))
        .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
        .build();
  }

  private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
