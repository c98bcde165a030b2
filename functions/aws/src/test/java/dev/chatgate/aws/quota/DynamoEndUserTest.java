package dev.chatgate.aws.quota;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.admit.EndUserContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class DynamoEndUserTest extends EndUserContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  DynamoEndUserTest() {
    super(
        new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT),
        new DynamoUsageRecords(local.client(), local.tables(), TIMEOUT, Duration.ofDays(400)),
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
