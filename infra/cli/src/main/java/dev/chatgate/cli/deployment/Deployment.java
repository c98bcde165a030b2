package dev.chatgate.cli.deployment;

import dev.chatgate.admin.PriceEditor;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.quota.audit.Audit;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.ModelPrice;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Access to one deployment: its tenants, prices, secrets, records and counters. AWS clients and
 * resource names are looked up on first use.
 */
public final class Deployment implements AutoCloseable {
  /** Timeout of one attempt of the ledger. */
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(10);

  private final AwsClientFactory clients;
  private final Supplier<ResourceNames> source;
  private final Optional<String> stack;
  private final CommandEnvironment environment;
  private final StoreClock clock;
  private @Nullable ResourceNames names;
  private @Nullable DynamoDbClient dynamoDb;
  private @Nullable DynamoDbClient ledgerDynamoDb;

  /**
   * @param clients creates the AWS clients
   * @param source finds the names of the resources
   * @param stack the stack that the deployment was selected by; absent if it was not
   * @param environment the environment of the command
   */
  Deployment(
      AwsClientFactory clients,
      Supplier<ResourceNames> source,
      Optional<String> stack,
      CommandEnvironment environment) {
    this.clients = clients;
    this.source = source;
    this.stack = stack;
    this.environment = environment;
    this.clock = new StoreClock(environment.clock(), _ -> {});
  }

  private ResourceNames names() {
    var known = names;
    if (known == null) {
      known = source.get();
      names = known;
    }
    return known;
  }

  private DynamoDbClient dynamoDb() {
    var made = dynamoDb;
    if (made == null) {
      made = clients.dynamoDb(clock);
      dynamoDb = made;
    }
    return made;
  }

  private DynamoDbClient ledgerDynamoDb() {
    var made = ledgerDynamoDb;
    if (made == null) {
      made = clients.ledgerDynamoDb(clock);
      ledgerDynamoDb = made;
    }
    return made;
  }

  /** The clock of the ledger, corrected by the dates of DynamoDB's responses. */
  public StoreClock clock() {
    return clock;
  }

  /** Editor of the tenants and their keys. */
  public TenantEditor tenants() {
    return new TenantEditor(
        dynamoDb(),
        names().tables(),
        environment.random(),
        environment.pause(),
        environment.clock());
  }

  /** All prices: past, current and future. */
  public List<ModelPrice> prices() {
    return new PriceStore(dynamoDb(), names().tables()).prices();
  }

  /** Editor of the prices. */
  public PriceEditor priceEditor() {
    return new PriceEditor(dynamoDb(), names().tables());
  }

  /**
   * The secret that holds the provider key.
   *
   * @throws CommandException if the deployment does not name it
   */
  public ProviderSecret providerSecret() {
    return findProviderSecret()
        .orElseThrow(() ->
            CommandException.error(
                ResourceNames.SECRET_VARIABLE
                    + " is not set; set it, or use --stack NAME or --local."));
  }

  /** The secret that holds the provider key, if the deployment names it. */
  public Optional<ProviderSecret> findProviderSecret() {
    return names()
        .providerSecret()
        .map(secret -> new ProviderSecret(clients.secretsManager(), secret));
  }

  /**
   * The secret that holds the signing keys.
   *
   * @throws CommandException if the deployment does not name it
   */
  public SigningSecretAccess signingSecret() {
    var secret =
        names()
            .signingSecret()
            .orElseThrow(() ->
                CommandException.error(
                    "The deployment names no signing secret: the stack has no output"
                        + " SigningSecretName, or "
                        + ResourceNames.SIGNING_SECRET_VARIABLE
                        + " is not set."));
    return new SigningSecretAccess(clients.secretsManager(), secret);
  }

  /** Base URL of the provider, if the deployment names it. */
  public Optional<String> providerBaseUrl() {
    return names().providerBaseUrl();
  }

  /** What else is known of the deployment. */
  public DeploymentFacts facts() {
    return names().facts();
  }

  /**
   * The resources of the stack; absent if the deployment was not selected by a stack.
   *
   * @throws CommandException if CloudFormation returns an error
   */
  public Optional<List<StackResource>> stackResources() {
    return stack.map(name -> clients.stacks().resources(name));
  }

  /** Requests to the stack's services without a client; absent as the stack is. */
  public Optional<SignedRequests> signedRequests() {
    return stack.map(_ -> clients.signedRequests());
  }

  /** The names of the tables and secrets. */
  public List<String> storeNames() {
    var names = names();
    var tables = names.tables();
    return Stream.of(
            Stream.of(tables.tenants(), tables.quota(), tables.usage()),
            names.providerSecret().stream(),
            names.signingSecret().stream())
        .flatMap(name -> name)
        .toList();
  }

  /** The usage records. */
  public DynamoUsageRecords records() {
    return records(dynamoDb());
  }

  /** The counters of tenants and of their end users. */
  public QuotaTable quotaItems() {
    return quota(dynamoDb());
  }

  /** Reader of usage totals and limits. */
  public UsageReader usage() {
    return new UsageReader(quota(dynamoDb()), rows(dynamoDb()), clock);
  }

  /**
   * The tenants by ID: the configured ones, and deleted ones that still have counters or records,
   * which are returned without limits.
   *
   * @param only the tenants to return; empty means all
   * @throws CommandException if one of them does not exist
   */
  public SortedMap<TenantId, Tenant> tenants(Collection<TenantId> only) {
    return only.isEmpty() ? allTenants() : tenantsWithIds(only);
  }

  private SortedMap<TenantId, Tenant> allTenants() {
    var all = new TreeMap<TenantId, Tenant>(Comparator.comparing(TenantId::value));
    quota(dynamoDb()).all().stream()
        .map(QuotaKey::tenant)
        .forEach(id -> all.put(id, withoutLimits(id)));
    tenants().all().forEach(tenant -> all.put(tenant.id(), tenant));
    return all;
  }

  private SortedMap<TenantId, Tenant> tenantsWithIds(Collection<TenantId> ids) {
    var found = new TreeMap<TenantId, Tenant>(Comparator.comparing(TenantId::value));
    var editor = tenants();
    for (var id : ids) {
      found.put(id, editor.find(id).orElseGet(() -> deletedTenant(id)));
    }
    return found;
  }

  /** Whether a tenant is configured, or was and still has counters or records. */
  public boolean exists(TenantId id) {
    return tenants().find(id).isPresent() || hasCountersOrRecords(id);
  }

  private boolean hasCountersOrRecords(TenantId id) {
    var client = dynamoDb();
    return !quota(client).read(QuotaKey.of(id)).attributes().isEmpty()
        || records(client).hasAny(id);
  }

  private Tenant deletedTenant(TenantId id) {
    if (!hasCountersOrRecords(id)) {
      throw CommandException.negative("Tenant " + id + " does not exist.");
    }
    return withoutLimits(id);
  }

  private static Tenant withoutLimits(TenantId id) {
    return new Tenant(
        id, TenantStatus.ACTIVE, Quota.UNLIMITED, Optional.empty(), Map.of(), Optional.empty());
  }

  /**
   * Creates an audit.
   *
   * @param overdueAfter how long after its deadline a reservation counts as overdue
   */
  public Audit audit(Duration overdueAfter) {
    var client = dynamoDb();
    return new Audit(
        quota(client),
        records(client),
        rows(client),
        clock,
        environment.pause(),
        DynamoUsageRecords.KEPT_FOR,
        overdueAfter);
  }

  /** Creates a reconciler. */
  public Reconciler reconciler() {
    var client = ledgerDynamoDb();
    return new Reconciler(
        quota(client),
        records(client),
        rows(client),
        clock,
        environment.random(),
        environment.pause());
  }

  /** Creates a settler, which writes corrections. */
  public Settler settler() {
    var client = ledgerDynamoDb();
    return new Settler(
        quota(client),
        records(client),
        new LastSeenItems(1),
        clock,
        environment.random(),
        environment.pause());
  }

  private DynamoQuotaTable quota(DynamoDbClient client) {
    return new DynamoQuotaTable(client, names().tables(), ATTEMPT_TIMEOUT);
  }

  private DynamoUsageRecords records(DynamoDbClient client) {
    return new DynamoUsageRecords(
        client, names().tables(), ATTEMPT_TIMEOUT, DynamoUsageRecords.KEPT_FOR);
  }

  private DynamoDayRows rows(DynamoDbClient client) {
    return new DynamoDayRows(client, names().tables());
  }

  @Override
  public void close() {
    clients.close();
  }
}
