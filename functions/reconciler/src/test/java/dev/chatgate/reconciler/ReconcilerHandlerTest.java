package dev.chatgate.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The complete application over DynamoDB Local, which it finds as on Lambda, by the SDK's settings.
 */
class ReconcilerHandlerTest {
  private static final int MAX_RUNS = 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init")
  private static LocalDynamoDb local;

  private final TestClock anHourAgo = new TestClock(Instant.now().minus(Duration.ofHours(1)));

  @BeforeAll
  static void start() {
    local = LocalDynamoDb.start();
    Map.of(
            "aws.endpointUrl", local.endpoint().toString(),
            "aws.region", "us-east-1",
            "aws.accessKeyId", "local",
            "aws.secretAccessKey", "local")
        .forEach(System::setProperty);
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private QuotaKey deadCall(String tenant) {
    var id = new TenantId(tenant);
    var random = new Random(1);
    var ledger =
        new QuotaLedger(
            new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT),
            new DynamoUsageRecords(
                local.client(), local.tables(), TIMEOUT, DynamoUsageRecords.KEPT_FOR),
            anHourAgo,
            random,
            anHourAgo,
            LedgerListener.NONE);
    var claim =
        Calls.claim(random, id, Calls.limits().quota(), 400, anHourAgo.instant().plusSeconds(60));
    assertInstanceOf(Granted.class, ledger.admit(claim));
    return QuotaKey.of(id);
  }

  private static Map<String, Integer> run(ReconcilerHandler handler) {
    return handler.handleRequest(new ScheduledEvent(), new MinuteContext());
  }

  /**
   * Repeats the run, as the schedule does, because a slow store can leave work for the next one.
   */
  private static void runUntilDone(ReconcilerHandler handler) {
    for (int run = 0; run < MAX_RUNS; run++) {
      try {
        if (Integer.valueOf(0).equals(run(handler).get("unfinished"))) {
          return;
        }
      } catch (StoreUnavailableException e) {
        assertTrue(run < MAX_RUNS - 1, e.toString());
      }
    }
    fail("no run finished");
  }

  @Test
  void aScheduledEventSettlesCallsThatDied() {
    var key = deadCall("scheduled");
    try (var application = ReconcilerFactory.start(local.tables())) {
      runUntilDone(new ReconcilerHandler(application));
    }
    var table = new DynamoQuotaTable(local.client(), local.tables(), TIMEOUT);
    assertEquals(Map.of(), table.read(key).entries());
    assertEquals(400, table.read(key).rollUps().getFirst().tally().tokens());
  }

  @Test
  void anUnavailableStoreIsAnErrorOfTheFunction() {
    var away = LocalDynamoDb.start();
    away.close();
    var before = System.setProperty("aws.endpointUrl", away.endpoint().toString());
    try (var application = ReconcilerFactory.start(local.tables())) {
      var handler = new ReconcilerHandler(application);
      assertThrows(StoreUnavailableException.class, () -> run(handler));
    } finally {
      System.setProperty("aws.endpointUrl", before);
    }
  }
}
