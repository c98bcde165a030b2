package dev.chatgate.cli.deployment;

import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.tenant.TenantEditor;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.quota.audit.Audit;
import dev.chatgate.quota.item.LastSeenItems;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.quota.report.UsageReader;
import dev.chatgate.quota.settle.Settler;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.StoreClock;
import dev.chatgate.usage.UsageRecords;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * One deployment, and what works on it. Clients are made and names looked up when they are first
 * needed.
 */
public final class Deployment implements AutoCloseable {
  /** One attempt of the ledger's. */
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private final Clients clients;
  private final DeploymentOptions.NamesSource source;
  private final CommandEnvironment shell;
  private final StoreClock clock;
  private @Nullable Names names;
  private @Nullable DynamoDbClient dynamoDb;
  private @Nullable DynamoDbClient ledgerDynamoDb;

  Deployment(Clients clients, DeploymentOptions.NamesSource source, CommandEnvironment shell) {
    this.clients = clients;
    this.source = source;
    this.shell = shell;
    this.clock = new StoreClock(shell.clock(), _ -> {});
  }

  private Names names() {
    var known = names;
    if (known == null) {
      known = source.names(clients::stacks);
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

  /** The store's time. */
  public StoreClock clock() {
    return clock;
  }

  /** The tenants and their keys. */
  public TenantEditor tenants() {
    return new TenantEditor(dynamoDb(), names().tables(), shell.random(), shell.pause());
  }

  /** The prices. */
  public PriceStore prices() {
    return new PriceStore(dynamoDb(), names().tables());
  }

  /** The provider's key. */
  public ProviderSecret providerSecret() {
    var secret =
        names()
            .providerSecret()
            .orElseThrow(() ->
                RefusedException.cannotRun(
                    DeploymentOptions.SECRET_VARIABLE
                        + " is not set; or say --stack NAME, or --local."));
    return new ProviderSecret(clients.secretsManager(), secret);
  }

  /** Where the provider is, if the deployment tells. */
  public Optional<String> providerBaseUrl() {
    return names().providerBaseUrl();
  }

  /** The records of calls. */
  public UsageRecords records() {
    return records(dynamoDb());
  }

  /** The counters. */
  public UsageReader usage() {
    return new UsageReader(quota(dynamoDb()), rows(dynamoDb()), clock);
  }

  /**
   * The tenants by name: all that are configured, and those that have used something and are no
   * more, which then have no limits.
   *
   * @param only whose names; empty means all
   * @throws RefusedException if one of the names is not known
   */
  public SortedMap<TenantId, Tenant> tenants(Collection<TenantId> only) {
    return only.isEmpty() ? everyTenant() : these(only);
  }

  private SortedMap<TenantId, Tenant> everyTenant() {
    var all = new TreeMap<TenantId, Tenant>(Comparator.comparing(TenantId::value));
    quota(dynamoDb()).all().stream()
        .map(QuotaKey::tenant)
        .forEach(id -> all.put(id, withoutLimits(id)));
    tenants().all().forEach(tenant -> all.put(tenant.id(), tenant));
    return all;
  }

  private SortedMap<TenantId, Tenant> these(Collection<TenantId> ids) {
    var found = new TreeMap<TenantId, Tenant>(Comparator.comparing(TenantId::value));
    var editor = tenants();
    for (var id : ids) {
      found.put(id, editor.find(id).orElseGet(() -> onceATenant(id)));
    }
    return found;
  }

  /** Whether a tenant is configured, or has counters or records of a time when it was. */
  public boolean knows(TenantId id) {
    return tenants().find(id).isPresent() || wasATenant(id);
  }

  private boolean wasATenant(TenantId id) {
    var client = dynamoDb();
    return !quota(client).read(QuotaKey.of(id)).attributes().isEmpty()
        || records(client).hasAny(id);
  }

  private Tenant onceATenant(TenantId id) {
    if (!wasATenant(id)) {
      throw RefusedException.no("There is no tenant " + id + ".");
    }
    return withoutLimits(id);
  }

  private static Tenant withoutLimits(TenantId id) {
    return new Tenant(
        id, TenantStatus.ACTIVE, Quota.UNLIMITED, Optional.empty(), Map.of(), Optional.empty());
  }

  /**
   * The audit.
   *
   * @param overdueAfter how long after its deadline an entry may still be there
   */
  public Audit audit(Duration overdueAfter) {
    var client = dynamoDb();
    return new Audit(
        quota(client),
        records(client),
        rows(client),
        clock,
        shell.pause(),
        DynamoUsageRecords.KEPT_FOR,
        overdueAfter);
  }

  /** The reconciler. */
  public Reconciler reconciler() {
    var client = ledgerDynamoDb();
    return new Reconciler(
        quota(client), records(client), rows(client), clock, shell.random(), shell.pause());
  }

  /** What makes corrections. */
  public Settler settler() {
    var client = ledgerDynamoDb();
    return new Settler(
        quota(client), records(client), new LastSeenItems(1), clock, shell.random(), shell.pause());
  }

  private DynamoQuotaTable quota(DynamoDbClient client) {
    return new DynamoQuotaTable(client, names().tables(), ATTEMPT);
  }

  private DynamoUsageRecords records(DynamoDbClient client) {
    return new DynamoUsageRecords(client, names().tables(), ATTEMPT, DynamoUsageRecords.KEPT_FOR);
  }

  private DynamoDayRows rows(DynamoDbClient client) {
    return new DynamoDayRows(client, names().tables());
  }

  @Override
  public void close() {
    clients.close();
  }
}
