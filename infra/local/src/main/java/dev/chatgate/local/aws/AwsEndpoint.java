package dev.chatgate.local.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local and a local Secrets Manager on one port, distinguished by {@code X-Amz-Target}.
 * DynamoDB's handler runs in a server of ours, because its own one sends usage data to AWS, listens
 * on every address, and cannot share its port.
 */
public final class AwsEndpoint implements AutoCloseable {
  /** Where a function under SnapStart fetches its credentials: Lambda's own endpoint for that. */
  public static final String CREDENTIALS_PATH = "/credentials";

  private final Server server;
  private final Clock clock;
  private final ServerConnector connector;
  private final LocalDynamoDBServerHandler dynamo;
  private final LocalSecretsManager secrets;

  private AwsEndpoint(int port, LocalDynamoDBServerHandler dynamo, Clock clock) {
    this.clock = clock;
    this.dynamo = dynamo;
    this.secrets = new LocalSecretsManager(clock);
    this.server = new Server();
    this.connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new Dispatcher());
  }

  /**
   * Starts both.
   *
   * @param port on 127.0.0.1; 0 for any free one
   * @param dataDir where DynamoDB keeps its data; absent means in memory
   * @param clock dates the secrets
   * @throws UncheckedIOException if the port or the folder cannot be had
   */
  public static AwsEndpoint start(int port, Optional<Path> dataDir, Clock clock) {
    try {
      if (dataDir.isPresent()) {
        Files.createDirectories(dataDir.get());
      }
      var endpoint = new AwsEndpoint(port, dynamo(dataDir), clock);
      endpoint.start();
      return endpoint;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LocalDynamoDBServerHandler dynamo(Optional<Path> dataDir) {
    @Nullable String folder = dataDir.map(Path::toString).orElse(null);
    // One database whatever the caller's region and key: a command line on the same machine has
    // others than the functions.
    var store = new LocalDynamoDBRequestHandler(0, dataDir.isEmpty(), folder, true, false);
    return new LocalDynamoDBServerHandler(store, null);
  }

  private void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      close();
      throw e;
    } catch (Exception e) {
      close();
      throw new IllegalStateException("the server for DynamoDB does not start", e);
    }
  }

  /** The port, also where it was chosen freely. */
  public int port() {
    return connector.getLocalPort();
  }

  /** What {@code AWS_ENDPOINT_URL} is set to. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /**
   * Makes a secret.
   *
   * @param name its name
   * @param value its value; absent makes it empty, as the template does
   */
  public void createSecret(String name, Optional<String> value) {
    secrets.create(name, value);
  }

  @Override
  public void close() {
    try {
      server.stop();
      dynamo.close();
    } catch (Exception e) {
      throw new IllegalStateException("the server for DynamoDB does not stop", e);
    }
  }

  private final class Dispatcher extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (request.getHttpURI().getPath().equals(CREDENTIALS_PATH)) {
        send(response, callback, 200, "application/json", credentials());
        return true;
      }
      String target = Optional.ofNullable(request.getHeaders().get("X-Amz-Target")).orElse("");
      if (!target.startsWith("secretsmanager.")) {
        return dynamo.handle(request, response, callback);
      }
      String body = Content.Source.asString(request, StandardCharsets.UTF_8);
      LocalSecretsManager.Result result =
          secrets.call(target.substring(target.indexOf('.') + 1), body);
      send(response, callback, result.status(), "application/x-amz-json-1.1", result.body());
      return true;
    }

    private static void send(
        Response response, Callback callback, int status, String type, String body) {
      response.setStatus(status);
      response.getHeaders().put("Content-Type", type);
      response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }

    private String credentials() {
      return """
      {"AccessKeyId":"local","SecretAccessKey":"local","Token":"local","Expiration":"%s"}\
      """
          .formatted(clock.instant().plus(Duration.ofHours(1)));
    }
  }
}
