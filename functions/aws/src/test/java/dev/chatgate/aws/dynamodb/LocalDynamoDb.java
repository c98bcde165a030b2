package dev.chatgate.aws.dynamodb;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * AWS's DynamoDB Local in this process, in memory, with the three tables, and a client that repeats
 * nothing.
 */
public final class LocalDynamoDb implements AutoCloseable {
  private final DynamoDBProxyServer server;
  private final DynamoDbClient client;
  private final Tables tables;
  private final URI endpoint;
  private boolean stopped;

  private LocalDynamoDb(int port, Tables tables) throws Exception {
    this.tables = tables;
    server =
        ServerRunner.createServerFromCommandLineArgs(
            new String[] {"-inMemory", "-port", Integer.toString(port), "-disableTelemetry"});
    server.start();
    endpoint = URI.create("http://127.0.0.1:" + port);
    client = clientAt(endpoint);
  }

  /** Starts it on a free port and makes the tables. */
  public static LocalDynamoDb start() {
    return start(new Tables("tenants", "quota", "usage"));
  }

  /** Starts it on a free port and makes tables of these names. */
  public static LocalDynamoDb start(Tables tables) {
    try {
      var local = new LocalDynamoDb(freePort(), tables);
      TableRequests.create(local.tables).forEach(local.client::createTable);
      return local;
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not start", e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Another client of it; an interceptor sees its requests. */
  public DynamoDbClient client(ExecutionInterceptor interceptor) {
    return clientAt(endpoint, interceptor);
  }

  private static DynamoDbClient clientAt(URI endpoint, ExecutionInterceptor... interceptors) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(128))
        .overrideConfiguration(o ->
            o.executionInterceptors(List.of(interceptors))
                .retryStrategy(DefaultRetryStrategy.doNotRetry())
                .apiCallTimeout(Duration.ofSeconds(60)))
        .build();
  }

  /** A client of it. */
  public DynamoDbClient client() {
    return client;
  }

  /** Where it answers. */
  public URI endpoint() {
    return endpoint;
  }

  /** The names of the tables. */
  public Tables tables() {
    return tables;
  }

  /** From now on every connection is refused. */
  public void stopAnswering() {
    if (!stopped) {
      stopped = true;
      try {
        server.stop();
      } catch (Exception e) {
        throw new IllegalStateException("DynamoDB Local did not stop", e);
      }
    }
  }

  @Override
  public void close() {
    client.close();
    stopAnswering();
  }
}
