package dev.chatgate.bench.ledger;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.local.aws.TemplateTables;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.local.template.TableDefinition;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** DynamoDB Local in memory with the three tables. Requests are counted and not retried. */
final class LedgerStore implements AutoCloseable {
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration RETENTION = Duration.ofDays(400);
  private static final int CONNECTIONS = 128;

  private final AwsEndpoint endpoint;
  private final StoreCalls calls = new StoreCalls();
  private final DynamoDbClient client;
  private final CountedTable table;
  private final DynamoUsageRecords records;

  /**
   * @param root the folder with the template, which defines the tables
   */
  LedgerStore(Path root) {
    var definitions = SamTemplate.read(root.resolve("template.yaml"), Map.of()).tables();
    var tables =
        new Tables(
            name(definitions, "TenantsTable"),
            name(definitions, "QuotaTable"),
            name(definitions, "UsageTable"));
    endpoint = AwsEndpoint.start(0, Optional.empty(), Clock.systemUTC());
    client = client(endpoint.url(), calls);
    TemplateTables.create(client, definitions);
    table = new CountedTable(new DynamoQuotaTable(client, tables, ATTEMPT));
    records = new DynamoUsageRecords(client, tables, ATTEMPT, RETENTION);
  }

  private static String name(List<TableDefinition> definitions, String logicalId) {
    return definitions.stream()
        .filter(table -> table.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow()
        .name();
  }

  private static DynamoDbClient client(String url, StoreCalls calls) {
    return DynamoDbClient.builder()
        .endpointOverride(URI.create(url))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(CONNECTIONS))
        .overrideConfiguration(
            o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()).addExecutionInterceptor(calls))
        .build();
  }

  StoreCalls calls() {
    return calls;
  }

  CountedTable table() {
    return table;
  }

  DynamoUsageRecords records() {
    return records;
  }

  @Override
  public void close() {
    client.close();
    endpoint.close();
  }
}
