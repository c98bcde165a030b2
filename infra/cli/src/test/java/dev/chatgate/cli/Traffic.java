package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.RequestId;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.Admission.EndUserBlocked;
import dev.chatgate.quota.Admission.Granted;
import dev.chatgate.quota.Admission.OtherTier;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.Reservation;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.EntryWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.quota.item.Windows;
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
  private final DynamoQuotaTable quota;
  private final QuotaLedger ledger;

  Traffic(DynamoDbClient dynamoDb, TestClock clock) {
    this.clock = clock;
    quota = new DynamoQuotaTable(dynamoDb, Tables.LOCAL, TIMEOUT);
    ledger =
        new QuotaLedger(
            quota,
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

  /** Admits a call for a person that is never settled. */
  void dieFor(String user, Tenant tenant, String model, long tokens) {
    var _ = begin(caller(tenant).withEndUser(new EndUser(user)), model, Optional.empty(), tokens);
  }

  /** Whether a call for a person is rejected because of a block. */
  boolean isBlocked(String user, Tenant tenant) {
    var caller = caller(tenant).withEndUser(new EndUser(user));
    return ledger.admit(claim(caller, "m", Optional.empty(), 2)) instanceof EndUserBlocked;
  }

  /** A call that died between its two holds: the person's item has it, the tenant's does not. */
  void leaveAtEndUser(String user, Tenant tenant, long tokens) {
    int day = Windows.dayOf(clock.instant());
    long now = clock.instant().getEpochSecond();
    var entry = new ReservationEntry(1, tokens, 0, 0, now, 90, day, 0, 7);
    var write = EntryWrite.beginAtEndUser("leftleftleft", entry, Optional.empty()).build();
    var key = QuotaKey.of(tenant.id(), new EndUser(user));
    assertInstanceOf(Written.Done.class, quota.update(key, write));
  }

  /** Changes a counter as nothing should. */
  void tamper(QuotaKey key, String name, long amount) {
    var write = new ItemUpdate.Builder().addFromZero(name, amount).build();
    assertInstanceOf(Written.Done.class, quota.update(key, write));
  }

  private static Caller caller(Tenant tenant) {
    return Caller.of(
        new Credential(tenant, Optional.empty(), "web", 0, Optional.empty(), Scope.DEFAULT));
  }

  private Reservation begin(Caller caller, String model, Optional<ModelPrice> price, long tokens) {
    var admission = ledger.admit(claim(caller, model, price, tokens));
    if (admission instanceof OtherTier(Optional<String> tier, int _)) {
      admission = ledger.admit(claim(caller.withOperatorTier(tier), model, price, tokens));
    }
    return assertInstanceOf(Granted.class, admission).reservation();
  }

  private Claim claim(Caller caller, String model, Optional<ModelPrice> price, long tokens) {
    return new Claim(
        RequestId.fresh(random),
        caller,
        model,
        tokens / 2,
        tokens - tokens / 2,
        price,
        TIMEOUT,
        clock.instant().plusSeconds(60));
  }
}
