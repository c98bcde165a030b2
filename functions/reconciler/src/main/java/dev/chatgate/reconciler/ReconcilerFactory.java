package dev.chatgate.reconciler;

import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Dependency injection for the reconciler. Creating the beans opens no connection. */
@Factory
final class ReconcilerFactory {
  private static final Logger LOG = System.getLogger(ReconcilerFactory.class.getName());

  // A strong reference: the log manager holds loggers weakly, and a collected logger loses its
  // level.
  private static final java.util.logging.Logger LIBRARIES =
      java.util.logging.Logger.getLogger("io.micronaut");

  private static final Duration STORE_ATTEMPT = Duration.ofMillis(1500);

  /**
   * Starts the application with the environment's settings. A bean is created when it is first
   * requested.
   */
  static BeanContext start() {
    return start(Tables.ofLedger(System.getenv()));
  }

  /** Starts the application with the given tables. */
  static BeanContext start(Tables tables) {
    LIBRARIES.setLevel(java.util.logging.Level.WARNING);
    return BeanContext.build().registerSingleton(tables).start();
  }

  @Singleton
  @Bean(preDestroy = "close")
  AwsClients awsClients() {
    return new AwsClients();
  }

  @Singleton
  StoreClock storeClock() {
    return new StoreClock(
        InstantSource.system(),
        offset ->
            LOG.log(Level.WARNING, "the store''s clock is {0} ahead of this machine''s", offset));
  }

  /**
   * Its random source reads from the operating system at every call, so that a snapshot contains no
   * random bytes.
   */
  @Singleton
  Reconciler reconciler(AwsClients aws, Tables tables, StoreClock storeClock) {
    var dynamoDb = aws.ledgerDynamoDb(storeClock);
    return new Reconciler(
        new DynamoQuotaTable(dynamoDb, tables, STORE_ATTEMPT),
        new DynamoUsageRecords(dynamoDb, tables, STORE_ATTEMPT, DynamoUsageRecords.KEPT_FOR),
        new DynamoDayRows(dynamoDb, tables),
        storeClock,
        new SecureRandom(),
        Pause.SLEEP);
  }

  @Singleton
  ReconcilerLog log() {
    var environment = System.getenv();
    return new ReconcilerLog(
        System.out, MetricSource.of(environment, MetricSource.isOn(environment), false));
  }
}
