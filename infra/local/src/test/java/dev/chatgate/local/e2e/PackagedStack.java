package dev.chatgate.local.e2e;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.usage.UsageRecord;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The whole stack over the packages that are deployed, on free ports, with its tables at hand. */
final class PackagedStack implements AutoCloseable {
  /** The provider's key in the embedded Secrets Manager. */
  static final String PROVIDER_KEY = "sk-provider-0123456789abcdef";

  /** Time limit on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration STORE_ATTEMPT = Duration.ofSeconds(10);

  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final LocalStack stack;
  private final DynamoDbClient dynamoDb;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private PackagedStack(Map<String, String> settings) {
    stack = LocalStack.start(LocalSettings.from(settings), root(), Pacing.NONE, log::add);
    dynamoDb = stack.dynamoDb();
  }

  /**
   * Starts it with the demo tenant. The reconciler has no schedule.
   *
   * @param settings on top of free ports
   */
  static PackagedStack start(Map<String, String> settings) {
    var all = new HashMap<>(freePorts());
    all.put("CHATGATE_RECONCILE_SECONDS", "0");
    all.put("UPSTREAM_API_KEY", PROVIDER_KEY);
    all.putAll(settings);
    return new PackagedStack(all);
  }

  /** Settings for free ports. */
  static Map<String, String> freePorts() {
    return Map.of("CHATGATE_API_PORT", "0", "CHATGATE_STREAM_PORT", "0", "CHATGATE_AWS_PORT", "0");
  }

  /** The folder with the template and the packages that it names. */
  static Path root() {
    return Path.of("..", "..").toAbsolutePath().normalize();
  }

  /** The stack itself. */
  LocalStack stack() {
    return stack;
  }

  /** A client for plain HTTP/1.1. */
  HttpClient http() {
    return http;
  }

  /** Both doors' URLs, without a path: API Gateway's first. */
  List<String> doors() {
    return List.of(stack.apiUrl(), stack.streamUrl());
  }

  /** Puts a tenant into its table. */
  void tenant(String json) {
    new TenantEditor(dynamoDb, stack.tables(), new Random(1), Pause.SLEEP)
        .put(TenantJson.readOne(json));
  }

  /** A chat call with a tenant's key. */
  static HttpRequest chat(String door, String key, String body) {
    return HttpRequest.newBuilder(URI.create(door + "/openai/v1/chat/completions"))
        .timeout(PATIENCE)
        .header("authorization", "Bearer " + key)
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  /** A tenant's present quota item. */
  QuotaItem item(String tenant) {
    return new DynamoQuotaTable(dynamoDb, stack.tables(), STORE_ATTEMPT)
        .read(QuotaKey.of(new TenantId(tenant)));
  }

  /** A tenant's records of the last day. */
  List<UsageRecord> records(String tenant) {
    var records = new ArrayList<UsageRecord>();
    Instant now = Instant.now();
    new DynamoUsageRecords(dynamoDb, stack.tables(), STORE_ATTEMPT, Duration.ofDays(1))
        .forEach(
            new TenantId(tenant),
            now.minus(Duration.ofDays(1)),
            now.plus(Duration.ofDays(1)),
            records::add);
    return records;
  }

  /** Waits until nothing of a tenant is in flight: every call that was admitted is settled. */
  QuotaItem settled(String tenant) {
    await(() -> item(tenant).number("n") == 0, () -> "in flight: " + item(tenant) + log);
    return item(tenant);
  }

  /** The record of a tenant's one call, once it is settled. */
  UsageRecord onlyRecord(String tenant) {
    await(() -> !records(tenant).isEmpty(), () -> "no record" + log);
    settled(tenant);
    List<UsageRecord> records = records(tenant);
    if (records.size() != 1) {
      throw new AssertionError("one record, not " + records);
    }
    return records.getFirst();
  }

  /** Polls until the condition holds. */
  static void await(BooleanSupplier condition, Supplier<String> otherwise) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(otherwise.get());
      }
    }
  }

  /** Every line that the functions have printed so far. */
  List<String> log() {
    return List.copyOf(log);
  }

  /** All that the three tables hold, as text. */
  String everythingStored() {
    var text = new StringBuilder();
    var tables = stack.tables();
    for (String table : List.of(tables.tenants(), tables.quota(), tables.usage())) {
      dynamoDb.scanPaginator(scan -> scan.tableName(table)).items().forEach(text::append);
    }
    return text.toString();
  }

  @Override
  public void close() {
    var processes = new ArrayList<>(stack.apiInstances());
    processes.addAll(stack.streamInstances());
    http.shutdownNow();
    dynamoDb.close();
    stack.close();
    processes.forEach(process -> process.onExit().join());
  }
}
