package dev.chatgate.aws.quota;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.audit.AuditContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class DynamoAuditTest extends AuditContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  DynamoAuditTest() {
    super(
        new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT),
        new DynamoUsageRecords(local.client(), local.tables(), TIMEOUT, Duration.ofDays(36_500)),
        new DynamoDayRows(local.client(), local.tables()));
  }

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }
}
