package dev.chatgate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.aws.LocalDynamoDb;
import dev.chatgate.aws.Tables;
import dev.chatgate.cli.text.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * AWS on one port: DynamoDB Local, and beside it one secret and one stack, no more of each than the
 * command line asks.
 */
final class AwsStandIn implements AutoCloseable {
  static final String STACK = "chatgate-test";
  static final String SECRET_ARN =
      "arn:aws:secretsmanager:us-east-1:000000000000:secret:chatgate/provider-local0";

  private static final Instant FIRST_VERSION = Instant.parse("2026-11-01T08:00:00Z");

  private final LocalDynamoDb dynamo = LocalDynamoDb.start(Tables.LOCAL);
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> secrets = new ArrayList<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final List<String> signatures = new ArrayList<>();
  private final HttpServer server;

  private record Reply(int status, String body) {}

  AwsStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String port() {
    return Integer.toString(server.getAddress().getPort());
  }

  LocalDynamoDb dynamo() {
    return dynamo;
  }

  /** What was put into the secret, oldest first. */
  List<String> secrets() {
    return secrets;
  }

  /** The stack says where the provider is. */
  void providerBaseUrl(String url) {
    parameters.put("ProviderBaseUrl", url);
  }

  /** The {@code Authorization} headers that CloudFormation was sent. */
  List<String> signatures() {
    return signatures;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var body = exchange.getRequestBody().readAllBytes();
    var target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
    if (target.isEmpty()) {
      signatures.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      answer(exchange, stack(new String(body, StandardCharsets.UTF_8)));
    } else if (target.get().startsWith("secretsmanager.")) {
      var json = new String(body, StandardCharsets.UTF_8);
      answer(exchange, secret(target.get().substring(target.get().indexOf('.') + 1), json));
    } else {
      answer(exchange, dynamo(exchange, body));
    }
  }

  private static void answer(HttpExchange exchange, Reply reply) throws IOException {
    var bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(reply.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Reply dynamo(HttpExchange exchange, byte[] body) throws IOException {
    var request = HttpRequest.newBuilder(dynamo.endpoint()).POST(BodyPublishers.ofByteArray(body));
    for (var name : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
      var value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    try {
      var answer = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private Reply stack(String form) {
    var name = Optional.ofNullable(fields(form).get("StackName")).orElse("");
    if (!name.equals(STACK)) {
      return new Reply(
          400,
          """
          <ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>
          <Type>Sender</Type><Code>ValidationError</Code>
          <Message>Stack with id %s does not exist</Message></Error></ErrorResponse>\
          """
              .formatted(name));
    }
    var outputs =
        Map.of(
            "TenantsTableName", Tables.LOCAL.tenants(),
            "QuotaTableName", Tables.LOCAL.quota(),
            "UsageTableName", Tables.LOCAL.usage(),
            "ProviderSecretArn", SECRET_ARN);
    return new Reply(
        200,
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>"
            + name
            + "</StackName>"
            + members("Parameter", parameters)
            + members("Output", outputs)
            + "</member></Stacks></DescribeStacksResult></DescribeStacksResponse>");
  }

  private static String members(String what, Map<String, String> values) {
    var xml = new StringBuilder("<" + what + "s>");
    values.forEach((key, value) ->
        xml.append(
            "<member><%1$sValue>%3$s</%1$sValue><%1$sKey>%2$s</%1$sKey></member>"
                .formatted(what, key, value)));
    return xml.append("</").append(what).append("s>").toString();
  }

  private static Map<String, String> fields(String form) {
    var fields = new HashMap<String, String>();
    for (var pair : form.split("&", -1)) {
      int equals = pair.indexOf('=');
      fields.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return fields;
  }

  private Reply secret(String operation, String body) throws IOException {
    var fields = strings(body);
    var id = fields.getOrDefault("SecretId", "");
    if (!id.equals(SECRET_ARN) && !id.equals("chatgate/provider")) {
      return notFound();
    }
    return switch (operation) {
      case "PutSecretValue" -> {
        secrets.add(fields.getOrDefault("SecretString", ""));
        yield new Reply(200, "{}");
      }
      case "DescribeSecret" ->
          new Reply(
              200,
              Json.line(json -> {
                json.writeStartObject();
                json.writeObjectFieldStart("VersionIdsToStages");
                for (int version = 0; version < secrets.size(); version++) {
                  json.writeArrayFieldStart("version-" + version);
                  if (version >= secrets.size() - 2) {
                    json.writeString(version == secrets.size() - 1 ? "AWSCURRENT" : "AWSPREVIOUS");
                  }
                  json.writeEndArray();
                }
                json.writeEndObject();
                json.writeEndObject();
              }));
      case "GetSecretValue" -> value(fields.getOrDefault("VersionId", ""));
      default -> new Reply(400, "{\"__type\":\"UnknownOperationException\"}");
    };
  }

  private Reply value(String id) {
    int version = Integer.parseInt(id.substring(id.indexOf('-') + 1));
    return new Reply(
        200,
        Json.line(json -> {
          json.writeStartObject();
          json.writeStringField("SecretString", secrets.get(version));
          json.writeNumberField(
              "CreatedDate", FIRST_VERSION.plusSeconds(86_400L * version).getEpochSecond());
          json.writeEndObject();
        }));
  }

  private static Reply notFound() {
    return new Reply(
        400,
        "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"Secrets Manager can't find the"
            + " specified secret.\"}");
  }

  /** The members of an object that are strings. */
  private static Map<String, String> strings(String body) throws IOException {
    var strings = new HashMap<String, String>();
    try (var parser = new JsonFactory().createParser(body)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          strings.put(parser.currentName(), parser.getText());
        }
      }
    }
    return strings;
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
    dynamo.close();
  }
}
