package dev.chatgate.cli;

import dev.chatgate.aws.AwsClients;
import dev.chatgate.aws.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.Audit;
import dev.chatgate.quota.Pause;
import dev.chatgate.quota.QuotaKey;
import dev.chatgate.quota.Reconciler;
import dev.chatgate.quota.StoreClock;
import dev.chatgate.tenant.TenantId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The tables of one deployment, and what works on them. */
final class Deployment implements AutoCloseable {
  private static final Duration ATTEMPT = Duration.ofSeconds(2);

  private final AwsClients aws = new AwsClients();
  private final StoreClock clock = new StoreClock(InstantSource.system(), _ -> {});
  private final Tables tables;

  Deployment(Tables tables) {
    this.tables = tables;
  }

  /**
   * Points the SDK at the embedded DynamoDB, whatever else the shell says.
   *
   * @param port where it answers
   */
  static void pointAtThisMachine(String port) {
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + port);
    System.setProperty("aws.endpointUrlDynamodb", "http://127.0.0.1:" + port);
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
  }

  /** The store's time. */
  StoreClock clock() {
    return clock;
  }

  /** Every tenant that is configured, or has an item. */
  SortedSet<TenantId> tenants() {
    var dynamoDb = aws.readingDynamoDb(clock);
    var ids = new TreeSet<>(Comparator.comparing(TenantId::value));
    quota(dynamoDb).all().stream().map(QuotaKey::tenant).forEach(ids::add);
    ids.addAll(new TenantStore(dynamoDb, tables).ids());
    return ids;
  }

  /**
   * The audit.
   *
   * @param overdueAfter how long after its deadline an entry may still be there
   */
  Audit audit(Duration overdueAfter) {
    var dynamoDb = aws.readingDynamoDb(clock);
    return new Audit(
        quota(dynamoDb),
        records(dynamoDb),
        new DynamoDayRows(dynamoDb, tables),
        clock,
        Pause.SLEEP,
        DynamoUsageRecords.KEPT_FOR,
        overdueAfter);
  }

  /** The reconciler. */
  Reconciler reconciler() {
    var dynamoDb = aws.ledgerDynamoDb(clock);
    return new Reconciler(
        quota(dynamoDb),
        records(dynamoDb),
        new DynamoDayRows(dynamoDb, tables),
        clock,
        new SecureRandom(),
        Pause.SLEEP);
  }

  private DynamoQuotaTable quota(DynamoDbClient dynamoDb) {
    return new DynamoQuotaTable(dynamoDb, tables, ATTEMPT);
  }

  private DynamoUsageRecords records(DynamoDbClient dynamoDb) {
    return new DynamoUsageRecords(dynamoDb, tables, ATTEMPT, DynamoUsageRecords.KEPT_FOR);
  }

  @Override
  public void close() {
    aws.close();
  }
}
