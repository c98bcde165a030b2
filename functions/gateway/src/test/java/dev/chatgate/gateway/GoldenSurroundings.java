package dev.chatgate.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.aws.dynamodb.TableRequests;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.quota.item.EndUserWrite;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.item.QuotaTable;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.Wire;
import dev.chatgate.time.Pause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The services that a gateway needs for an event: a store with the event's tenant, a secret and a
 * provider. Every application has separate tables, so that events do not see each other's usage.
 */
final class GoldenSurroundings {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TENANT =
      "{\"id\":\"demo\",\"status\":\"active\",\"quota\":{},"
          + "\"keys\":[{\"name\":\"demo\",\"secret\":\"cg_demo\"}]}";
  private static final String PROVIDER_SECRET =
      "{\"ARN\":\"arn\",\"Name\":\"secret\",\"VersionId\":\"1\",\"SecretString\":\"provider-key\"}";
  private static final String SIGNING_SECRET =
      "{\"ARN\":\"arn\",\"Name\":\"signing\",\"VersionId\":\"1\",\"SecretString\":\"{\\\"seed\\\":\\\"%s\\\",\\\"edge\\\":[\\\"golden-edge-secret-golden-edge-secret\\\"]}\"}"
          .formatted("golden00".repeat(8));
  private static final String NO_SECRET =
      "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"no such secret\"}";
  private static final String AWS_JSON = "application/x-amz-json-1.1";

  private final LocalDynamoDb store = LocalDynamoDb.start();
  private final ScriptedProvider secrets = new ScriptedProvider(GoldenSurroundings::answerSecret);
  private final ScriptedProvider provider = new ScriptedProvider(wire -> wire.close());
  private final AtomicInteger applications = new AtomicInteger();

  private static void answerSecret(Wire wire) throws IOException {
    switch (JSON.readTree(wire.request().body()).path("SecretId").asText()) {
      case "secret" -> wire.answer(200, AWS_JSON, PROVIDER_SECRET);
      case "signing" -> wire.answer(200, AWS_JSON, SIGNING_SECRET);
      default -> wire.answer(400, AWS_JSON, NO_SECRET);
    }
  }

  Map<String, String> systemProperties() {
    return Map.of(
        "aws.region", "us-east-1",
        "aws.accessKeyId", "local",
        "aws.secretAccessKey", "local",
        "aws.endpointUrlDynamoDb", store.endpoint().toString(),
        "aws.endpointUrlSecretsManager", secrets.url().toString());
  }

  /** Sets up the services for an event and returns the application's environment variables. */
  Map<String, String> environment(Expectation expectation) throws IOException {
    var scripts = GoldenProvider.scripts(expectation.member("provider"));
    provider.instead(scripts.getFirst());
    scripts.stream().skip(1).forEach(provider::then);
    var tables = tables(expectation);
    var environment = new HashMap<String, String>();
    environment.put(Tables.TENANTS_VARIABLE, tables.tenants());
    environment.put(Tables.QUOTA_VARIABLE, tables.quota());
    environment.put(Tables.USAGE_VARIABLE, tables.usage());
    environment.put("CHATGATE_PROVIDER_SECRET", "secret");
    environment.put("CHATGATE_SIGNING_SECRET", signingSecret(expectation));
    environment.put("UPSTREAM_BASE_URL", provider.url().toString());
    environment.putAll(expectation.settings());
    return environment;
  }

  private static String signingSecret(Expectation expectation) {
    return switch (expectation.member("signing_secret").asText()) {
      case "" -> "signing";
      case "away" -> "missing";
      default -> throw new IllegalArgumentException("no such signing secret: " + expectation);
    };
  }

  /** All requests that the provider has received. */
  int requestsAtProvider() {
    return provider.requests().size();
  }

  /** Number of items in all Quota and Usage tables. */
  int itemsOfTheLedger() {
    return store.client().listTables().tableNames().stream()
        .filter(table -> table.startsWith("quota-") || table.startsWith("usage-"))
        .mapToInt(table -> store.client().scan(scan -> scan.tableName(table)).count())
        .sum();
  }

  private Tables tables(Expectation expectation) throws IOException {
    int number = applications.incrementAndGet();
    var tables = new Tables("tenants-" + number, "quota-" + number, "usage-" + number);
    TableRequests.create(tables).forEach(store.client()::createTable);
    new TenantEditor(store.client(), tables, new Random(1), Pause.SLEEP)
        .put(TenantJson.readOne(tenant(expectation.member("tenant"))));
    write(expectation.member("end_user"), tables);
    return switch (expectation.member("store").asText()) {
      case "" -> tables;
      case "away" -> new Tables("away-t", "away-q", "away-u");
      case "away at admission" -> new Tables(tables.tenants(), "away-q", tables.usage());
      case "damaged" -> damaged(tables);
      default -> throw new IllegalArgumentException("no such store: " + expectation);
    };
  }

  /** Writes what an operator decided about an end user, if the expectation says it. */
  private void write(JsonNode endUser, Tables tables) {
    if (endUser.isMissingNode()) {
      return;
    }
    var quota = new DynamoQuotaTable(store.client(), tables, Duration.ofSeconds(10));
    var key = QuotaKey.of(new TenantId("demo"), new EndUser(endUser.path("id").asText()));
    if (endUser.has("tier")) {
      write(
          quota, key, EndUserWrite.tier(Optional.of(endUser.get("tier").asText()), Instant.now()));
    }
    if (endUser.path("blocked").asBoolean()) {
      write(quota, key, EndUserWrite.block(Instant.now()));
    }
  }

  private static void write(QuotaTable quota, QuotaKey key, Function<QuotaItem, ItemUpdate> write) {
    var _ = EndUserWrite.write(quota, key, write).orElseThrow();
  }

  private static String tenant(JsonNode given) throws IOException {
    var tenant = (ObjectNode) JSON.readTree(TENANT);
    given.properties().forEach(member -> tenant.set(member.getKey(), member.getValue()));
    return tenant.toString();
  }

  /** Whether the tenant's quota item contains only its key. */
  private Tables damaged(Tables tables) {
    store
        .client()
        .putItem(put ->
            put.tableName(tables.tenants())
                .item(
                    Map.of(
                        "pk", AttributeValue.fromS("tenant#demo"),
                        "sk", AttributeValue.fromS("config"))));
    return tables;
  }

  void close() throws Exception {
    provider.close();
    secrets.close();
    store.close();
  }
}
