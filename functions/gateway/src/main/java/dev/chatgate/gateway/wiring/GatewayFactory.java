package dev.chatgate.gateway.wiring;

import dev.chatgate.Background;
import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.keyset.DynamoKeySetStore;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.secret.SecretProviderKeys;
import dev.chatgate.aws.secret.SecretSigningSecrets;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.gateway.RequestPipeline;
import dev.chatgate.gateway.account.AccountEndpoints;
import dev.chatgate.gateway.account.ClientSecretEndpoint;
import dev.chatgate.gateway.account.ModelCatalog;
import dev.chatgate.gateway.account.UsageEndpoint;
import dev.chatgate.gateway.auth.Authenticator;
import dev.chatgate.gateway.auth.BearerAuthenticator;
import dev.chatgate.gateway.auth.ClientSecretAuthenticator;
import dev.chatgate.gateway.auth.EdgeCheck;
import dev.chatgate.gateway.auth.LoginAuthenticator;
import dev.chatgate.gateway.auth.TenantKeyAuthenticator;
import dev.chatgate.gateway.call.EndUserTiers;
import dev.chatgate.gateway.call.MeteredCall;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.log.EndUserHash;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.keyset.FetchedKeySets;
import dev.chatgate.identity.keyset.HttpKeySetFetcher;
import dev.chatgate.identity.keyset.KeySets;
import dev.chatgate.identity.login.JwtLoginVerifier;
import dev.chatgate.identity.login.LoginVerifier;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.secret.SigningSecrets;
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

/** Dependency injection for the gateway. Creating the beans opens no connection. */
@Factory
public final class GatewayFactory {
  private static final Logger LOG = System.getLogger(GatewayFactory.class.getName());

  // A strong reference: the log manager holds loggers weakly, and a collected logger loses its
  // level.
  private static final java.util.logging.Logger LIBRARIES =
      java.util.logging.Logger.getLogger("io.micronaut");

  private static final Duration STORE_ATTEMPT = Duration.ofMillis(1500);

  /**
   * Starts the application with the environment's settings, using two processors. The AWS clients
   * are created in the background during Micronaut's start, which takes as long. The data that a
   * first call needs is prefetched while the other beans are created, and this method waits for it.
   * If a snapshot is to be taken, it is prefetched after each restore instead.
   */
  public static BeanContext start() {
    var context = started(Settings.from(System.getenv()));
    if (isSnapshotToBeTaken()) {
      return complete(context);
    }
    var prefetch = new Prefetch(context).begin();
    complete(context);
    prefetch.await(Prefetch.WAITED_FOR);
    return context;
  }

  /** Whether Lambda will take a snapshot of this process when it has started (SnapStart). */
  private static boolean isSnapshotToBeTaken() {
    return "snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
  }

  /** Starts the application with the given settings, without prefetching. */
  public static BeanContext start(Settings settings) {
    return complete(started(settings));
  }

  private static BeanContext started(Settings settings) {
    var aws = AwsClientsFuture.started();
    var metrics = MetricSource.of(System.getenv(), settings.metrics(), settings.tenantMetrics());
    return started(
        settings,
        aws,
        new CallLog(System.out, InstantSource.system(), metrics, settings.logCallerAddress()));
  }

  /**
   * Starts the application and creates all beans, so that no bean is created in the first call.
   *
   * @param aws closed together with the application
   */
  public static BeanContext start(Settings settings, AwsClientsFuture aws, CallLog log) {
    return complete(started(settings, aws, log));
  }

  /**
   * Starts the application with a fake provider.
   *
   * @param trusted trusts the fake provider's certificate
   */
  public static BeanContext start(
      Settings settings, AwsClientsFuture aws, CallLog log, SSLContext trusted) {
    return complete(started(settings, aws, log, trusted));
  }

  /** Starts the context with the given beans; all others are created later. */
  private static BeanContext started(Object... beans) {
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

  /** The system clock. */
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  /** Reads from the operating system at every call, so that a snapshot contains no random bytes. */
  @Singleton
  RandomGenerator random() {
    return new SecureRandom();
  }

  @Singleton
  @Bean(preDestroy = "close")
  AwsClients awsClients(AwsClientsFuture started) {
    return started.finished();
  }

  @Singleton
  ProviderKeys providerKeys(AwsClients aws, Settings settings, InstantSource clock) {
    return new SecretProviderKeys(aws.secretsManager(), settings.providerSecret(), clock);
  }

  @Singleton
  SigningSecrets signingSecrets(AwsClients aws, Settings settings, InstantSource clock) {
    return new SecretSigningSecrets(aws.secretsManager(), settings.signingSecret(), clock);
  }

  @Singleton
  ClientSecretCodec clientSecretCodec(SigningSecrets secrets, InstantSource clock) {
    return new ClientSecretCodec(secrets, clock);
  }

  /**
   * The client for all reads. The dates in its answers set the store's clock before the first
   * admission.
   */
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
        () -> prices.pricesOn(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)),
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
        clock,
        offset ->
            LOG.log(Level.WARNING, "the store''s clock is {0} ahead of this machine''s", offset));
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
  ClientSecretEndpoint clientSecrets(
      ClientSecretCodec codec, Settings settings, InstantSource clock, RandomGenerator random) {
    return new ClientSecretEndpoint(codec, settings.allowedOrigins(), clock, random);
  }

  @Singleton
  AccountEndpoints account(
      ModelCatalog models, UsageEndpoint usage, ClientSecretEndpoint clientSecrets) {
    return new AccountEndpoints(models, usage, clientSecrets);
  }

  @Singleton
  FetchedKeySets keySets(DynamoDbClient reading, Settings settings, StoreClock clock) {
    return new FetchedKeySets(
        new DynamoKeySetStore(reading, settings.tables()),
        new HttpKeySetFetcher(settings.loopbackIssuers()),
        clock,
        Pause.SLEEP,
        refresh -> Background.start("key-set-refresh", refresh));
  }

  @Singleton
  LoginVerifier logins(TenantDirectory tenants, KeySets keys, InstantSource clock) {
    return new JwtLoginVerifier(tenants, keys, clock);
  }

  @Singleton
  Authenticator authenticator(
      TenantDirectory tenants,
      ClientSecretCodec clientSecrets,
      LoginVerifier logins,
      InstantSource clock) {
    return new BearerAuthenticator(
        tenants,
        new TenantKeyAuthenticator(tenants, clock),
        new ClientSecretAuthenticator(clientSecrets, tenants, clock),
        new LoginAuthenticator(logins));
  }

  @Singleton
  RequestPipeline gateway(
      Settings settings,
      Authenticator authenticator,
      Ledger ledger,
      MeteredCall calls,
      TokenCounters counters,
      AccountEndpoints account,
      CallLog log,
      SigningSecrets signingSecrets,
      RandomGenerator random) {
    List<Operation> operations = List.of(new ChatOperation(counters));
    return new RequestPipeline(
        settings,
        new EdgeCheck(signingSecrets),
        authenticator,
        new EndUserTiers(ledger),
        calls,
        operations,
        account,
        log,
        new EndUserHash(signingSecrets),
        random);
  }
}
