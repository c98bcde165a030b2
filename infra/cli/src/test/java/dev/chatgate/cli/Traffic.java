package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.RequestId;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.Consumption;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.TokenCounts;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Admits and settles calls as the gateway does, at the test clock's time. */
final class Traffic {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final TestClock clock;
  private final Random random = new Random(11);
  private final QuotaLedger ledger;

  Traffic(DynamoDbClient dynamoDb, TestClock clock) {
    this.clock = clock;
    ledger =
        new QuotaLedger(
            new DynamoQuotaTable(dynamoDb, Tables.LOCAL, TIMEOUT),
            new DynamoUsageRecords(dynamoDb, Tables.LOCAL, TIMEOUT, DynamoUsageRecords.KEPT_FOR),
            clock,
            random,
            clock,
            LedgerListener.NONE);
  }

  /** Makes a successful call and returns its {@code x-request-id}. */
  String call(Tenant tenant, String model, Optional<ModelPrice> price, TokenCounts used) {
    return call(caller(tenant), model, price, used);
  }

  /** Makes a successful call for a person and returns its {@code x-request-id}. */
  String callFor(
      String user, Tenant tenant, String model, Optional<ModelPrice> price, TokenCounts used) {
    return call(caller(tenant).withEndUser(new EndUser(user)), model, price, used);
  }

  private String call(Caller caller, String model, Optional<ModelPrice> price, TokenCounts used) {
    var reservation = begin(caller, model, price, used.total() + 100);
    var facts =
        new CallFacts(
            200,
            Optional.empty(),
            true,
            0,
            model,
            Optional.of(Duration.ofMillis(180)),
            Duration.ofMillis(1234));
    ledger.settle(
        reservation,
        new Consumption.Measured(used, "{\"total_tokens\":" + used.total() + "}"),
        facts,
        clock.instant().plusSeconds(60));
    return reservation.claim().requestId().value();
  }

  /** Admits a call that is never settled and returns its {@code x-request-id}. */
  String die(Tenant tenant, String model, Optional<ModelPrice> price, long tokens) {
    return begin(caller(tenant), model, price, tokens).claim().requestId().value();
  }

  private static Caller caller(Tenant tenant) {
    return Caller.of(
        new Credential(tenant, Optional.empty(), "web", 0, Optional.empty(), Scope.DEFAULT));
  }

  private Reservation begin(Caller caller, String model, Optional<ModelPrice> price, long tokens) {
    var claim =
        new Claim(
            RequestId.fresh(random),
            caller,
            model,
            tokens / 2,
            tokens - tokens / 2,
            price,
            TIMEOUT,
            clock.instant().plusSeconds(60));
    return assertInstanceOf(Granted.class, ledger.admit(claim)).reservation();
  }
}
