package dev.chatgate.gateway.wiring;

import dev.chatgate.Background;
import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.secret.SecretProviderKeys;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.account.ModelCatalog;
import dev.chatgate.gateway.account.UsageEndpoint;
import dev.chatgate.gateway.auth.Authenticator;
import dev.chatgate.gateway.auth.TenantKeyAuthenticator;
import dev.chatgate.gateway.call.MeteredCall;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.tenant.CachedTenantDirectory;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.CachedPriceBook;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Puts the gateway together: the one place where its parts meet. Nothing here connects to anything.
 */
@Factory
public final class GatewayFactory {
  private static final Logger LOG = System.getLogger(GatewayFactory.class.getName());

  // Held here: the log manager alone would forget the level with the logger.
  private static final java.util.logging.Logger LIBRARIES =
      java.util.logging.Logger.getLogger("io.micronaut");

  private static final Duration STORE_ATTEMPT = Duration.ofMillis(1500);

  /**
   * Starts the application with the environment's settings, on two processors: the AWS clients are
   * made beside Micronaut's own start, which takes as long. What a first call would wait for is
   * fetched beside the making of the other parts, and waited for; where a snapshot is to be taken,
   * it is fetched after each restore instead.
   */
  public static BeanContext start() {
    var context = begun(Settings.from(System.getenv()));
    if (isSnapshotToBeTaken()) {
      return complete(context);
    }
    var ahead = new Prefetch(context).begin();
    complete(context);
    ahead.await(Prefetch.WAITED_FOR);
    return context;
  }

  /** Whether Lambda will take a snapshot of this process when it has started (SnapStart). */
  private static boolean isSnapshotToBeTaken() {
    return "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
  }

  /** Starts the application with other settings, and fetches nothing. */
  public static BeanContext start(Settings settings) {
    return complete(begun(settings));
  }

  private static BeanContext begun(Settings settings) {
    var aws = AwsClientsFuture.begun();
    var metrics = MetricSource.of(System.getenv(), settings.tenantMetrics());
    return begun(settings, aws, new CallLog(System.out, InstantSource.system(), metrics));
  }

  /**
   * Starts the application, every part of it now and none at the first call.
   *
   * @param aws are closed with it
   */
  public static BeanContext start(Settings settings, AwsClientsFuture aws, CallLog log) {
    return complete(begun(settings, aws, log));
  }

  /**
   * The same, before a stand-in for the provider.
   *
   * @param trusted knows the stand-in's certificate
   */
  public static BeanContext start(
      Settings settings, AwsClientsFuture aws, CallLog log, SSLContext trusted) {
    return complete(begun(settings, aws, log, trusted));
  }

  /** No part is made yet but for these. */
  private static BeanContext begun(Object... beans) {
    LIBRARIES.setLevel(java.util.logging.Level.WARNING);
    var context = BeanContext.build();
    for (var bean : beans) {
      context.registerSingleton(bean);
    }
    return context.start();
  }

  private static BeanContext complete(BeanContext context) {
    // Resolving it instantiates every singleton.
    var _ = context.getBean(RequestPipeline.class);
    return context;
  }

  /** The machine's clock. */
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  /** Draws from the operating system at every call: nothing of it is in a snapshot. */
  @Singleton
  RandomGenerator random() {
    return new SecureRandom();
  }

  @Singleton
  @Bean(preDestroy = "close")
  AwsClients awsClients(AwsClientsFuture begun) {
    return begun.finished();
  }

  @Singleton
  ProviderKeys providerKeys(AwsClients aws, Settings settings, InstantSource clock) {
    return new SecretProviderKeys(aws.secretsManager(), settings.providerSecret(), clock);
  }

  /** For all reads. They show the store's dates to its clock before a first call is admitted. */
  @Singleton
  DynamoDbClient reading(AwsClients aws, StoreClock storeClock) {
    return aws.readingDynamoDb(storeClock);
  }

  @Singleton
  CachedTenantDirectory tenants(DynamoDbClient reading, Settings settings, InstantSource clock) {
    return new CachedTenantDirectory(
        new TenantStore(reading, settings.tables()),
        settings.cacheFor(),
        clock,
        refresh -> Background.start("tenant-refresh", refresh));
  }

  @Singleton
  @Bean(preDestroy = "close")
  ProviderClient provider(
      Settings settings,
      ProviderKeys keys,
      InstantSource clock,
      RandomGenerator random,
      TokenCounters counters,
      @Nullable SSLContext trusted) {
    return trusted == null
        ? new ProviderClient(settings.provider(), keys, clock, random, counters)
        : new ProviderClient(settings.provider(), keys, clock, random, counters, () -> trusted);
  }

  @Singleton
  TokenCounters counters() {
    return new TokenCounters();
  }

  @Singleton
  ModelCatalog models(ProviderClient provider, CachedPriceBook prices, InstantSource clock) {
    return new ModelCatalog(
        provider::models,
        () -> prices.modelsOn(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)),
        clock);
  }

  @Singleton
  CachedPriceBook prices(DynamoDbClient reading, Settings settings, InstantSource clock) {
    return new CachedPriceBook(
        new PriceStore(reading, settings.tables()),
        settings.cacheFor(),
        clock,
        refresh -> Background.start("price-refresh", refresh));
  }

  @Singleton
  @Bean(typed = StoreClock.class)
  StoreClock storeClock(InstantSource clock) {
    return new StoreClock(
        clock, offset -> LOG.log(Level.WARNING, "the store''s clock is {0} ahead of ours", offset));
  }

  @Singleton
  Ledger ledger(
      AwsClients aws,
      Settings settings,
      StoreClock storeClock,
      RandomGenerator random,
      CallLog log) {
    var dynamoDb = aws.ledgerDynamoDb(storeClock);
    return new QuotaLedger(
        new DynamoQuotaTable(dynamoDb, settings.tables(), STORE_ATTEMPT),
        new DynamoUsageRecords(
            dynamoDb, settings.tables(), STORE_ATTEMPT, DynamoUsageRecords.KEPT_FOR),
        storeClock,
        random,
        Pause.SLEEP,
        log::bucketRepaired);
  }

  @Singleton
  MeteredCall calls(
      Settings settings,
      CachedPriceBook prices,
      Ledger ledger,
      StoreClock storeClock,
      ProviderClient provider,
      InstantSource clock) {
    return new MeteredCall(settings, prices, ledger, storeClock, provider, clock);
  }

  @Singleton
  UsageEndpoint usage(DynamoDbClient reading, Settings settings, StoreClock storeClock) {
    var reader =
        new UsageReader(
            new DynamoQuotaTable(reading, settings.tables(), STORE_ATTEMPT),
            new DynamoDayRows(reading, settings.tables()),
            storeClock);
    return new UsageEndpoint(reader, storeClock);
  }

  @Singleton
  Authenticator authenticator(TenantDirectory tenants, InstantSource clock) {
    return new TenantKeyAuthenticator(tenants, clock);
  }

  @Singleton
  RequestPipeline gateway(
      Settings settings,
      Authenticator authenticator,
      MeteredCall calls,
      TokenCounters counters,
      ModelCatalog models,
      UsageEndpoint usage,
      CallLog log,
      RandomGenerator random) {
    List<Operation> operations = List.of(new ChatOperation(counters));
    return new RequestPipeline(
        settings, authenticator, calls, operations, models, usage, log, random);
  }
}
