package dev.chatgate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.aws.dynamodb.TableRequests;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.cli.text.JsonOutput;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * A fake of AWS on one port: DynamoDB Local, two secrets and one stack, with only the operations
 * that the command line uses.
 */
final class FakeAws implements AutoCloseable {
  static final String STACK = "chatgate-test";
  static final String SECRET_ARN =
      "arn:aws:secretsmanager:us-east-1:000000000000:secret:chatgate/provider-local0";

  static final String SIGNING_SECRET = "chatgate-test-signing";

  private static final Instant FIRST_VERSION = Instant.parse("2026-11-01T08:00:00Z");

  private final List<String> secrets = new ArrayList<>();
  private final List<String> signingSecrets = new ArrayList<>();
  private final Map<String, String> writtenByToken = new HashMap<>();
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, String> doors = new HashMap<>();
  private final Map<String, String> resources = new TreeMap<>();
  private volatile boolean expired;
  private final List<String> signatures = new ArrayList<>();
  private final LocalDynamoDBServerHandler dynamo =
      new LocalDynamoDBServerHandler(
          new LocalDynamoDBRequestHandler(0, true, null, true, false), null);
  private final Server server = new Server();
  private final ServerConnector connector;
  private final DynamoDbClient client;

  private record FakeResponse(int status, String body) {}

  /**
   * @param clock sets the responses' {@code Date}, which the ledger's clock follows
   */
  FakeAws(InstantSource clock) {
    var configuration = new HttpConfiguration();
    configuration.setSendDateHeader(false);
    connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Dispatcher(clock));
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the fake of AWS does not start", e);
    }
    client =
        DynamoDbClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + port()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClientBuilder(Apache5HttpClient.builder())
            .build();
    TableRequests.create(Tables.LOCAL).forEach(client::createTable);
  }

  String port() {
    return Integer.toString(connector.getLocalPort());
  }

  /** A client of the DynamoDB, which has the tables {@link Tables#LOCAL}. */
  DynamoDbClient client() {
    return client;
  }

  /** The values of the secret, oldest first. */
  List<String> secrets() {
    return secrets;
  }

  /** The values of the signing secret, oldest first. */
  List<String> signingSecrets() {
    return signingSecrets;
  }

  /** The signing secret has no version any more, as if it was made anew without a value. */
  void forgetSigningSecret() {
    signingSecrets.clear();
    writtenByToken.clear();
  }

  /** Sets the stack's parameter {@code ProviderBaseUrl}. */
  void providerBaseUrl(String url) {
    parameter("ProviderBaseUrl", url);
  }

  /** Sets a parameter of the stack. */
  void parameter(String name, String value) {
    parameters.put(name, value);
  }

  /** Sets an output of the stack with a URL. */
  void output(String name, String url) {
    doors.put(name, url);
  }

  /** Takes an output away, as without that door. */
  void withoutOutput(String name) {
    doors.remove(name);
  }

  /**
   * Adds a resource to the stack.
   *
   * @param logicalId its name in the template
   * @param type its type
   * @param physicalId its own name
   */
  void resource(String logicalId, String type, String physicalId) {
    resources.put(
        logicalId,
        "<ResourceType>%s</ResourceType><PhysicalResourceId>%s</PhysicalResourceId>"
            .formatted(type, physicalId));
  }

  /** From now on, credentials count as expired, or as valid again. */
  void expire(boolean areExpired) {
    expired = areExpired;
  }

  /** The {@code Authorization} headers of the CloudFormation requests. */
  List<String> signatures() {
    return signatures;
  }

  private final class Dispatcher extends Handler.Abstract {
    private final InstantSource clock;

    Dispatcher(InstantSource clock) {
      this.clock = clock;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      var now = clock.instant().atOffset(ZoneOffset.UTC);
      response.getHeaders().put("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now));
      var target = Optional.ofNullable(request.getHeaders().get("X-Amz-Target"));
      if (expired) {
        return send(response, callback, expiredCredentials(target.isPresent()));
      }
      if (target.stream().anyMatch(name -> name.startsWith("DynamoDB_"))) {
        return dynamo.handle(request, response, callback);
      }
      var body = Content.Source.asString(request, StandardCharsets.UTF_8);
      if (target.isEmpty()) {
        signatures.add(String.valueOf(request.getHeaders().get("Authorization")));
      }
      return send(
          response,
          callback,
          target.isEmpty()
              ? stack(body)
              : secret(target.get().substring(target.get().indexOf('.') + 1), body));
    }

    private static boolean send(Response response, Callback callback, FakeResponse fake) {
      response.setStatus(fake.status());
      var bytes = fake.body().getBytes(StandardCharsets.UTF_8);
      response.write(true, ByteBuffer.wrap(bytes), callback);
      return true;
    }
  }

  private static FakeResponse expiredCredentials(boolean inJson) {
    var message = "The security token included in the request is expired";
    return inJson
        ? new FakeResponse(
            400,
            "{\"__type\":\"com.amazon.coral.service#ExpiredTokenException\",\"message\":\"%s\"}"
                .formatted(message))
        : new FakeResponse(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>"
                + message
                + "</Message></Error></ErrorResponse>");
  }

  private FakeResponse stack(String form) {
    var name = Optional.ofNullable(fields(form).get("StackName")).orElse("");
    if (!name.equals(STACK)) {
      return new FakeResponse(
          400,
          """
          <ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>
          <Type>Sender</Type><Code>ValidationError</Code>
          <Message>Stack with id %s does not exist</Message></Error></ErrorResponse>\
          """
              .formatted(name));
    }
    if ("ListStackResources".equals(fields(form).get("Action"))) {
      return new FakeResponse(200, page(fields(form).getOrDefault("NextToken", "")));
    }
    var outputs = new TreeMap<>(doors);
    outputs.putAll(
        Map.of(
            "TenantsTableName", Tables.LOCAL.tenants(),
            "QuotaTableName", Tables.LOCAL.quota(),
            "UsageTableName", Tables.LOCAL.usage(),
            "ProviderSecretArn", SECRET_ARN,
            "SigningSecretName", SIGNING_SECRET));
    return new FakeResponse(
        200,
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>"
            + name
            + "</StackName>"
            + members("Parameter", parameters)
            + members("Output", outputs)
            + "</member></Stacks></DescribeStacksResult></DescribeStacksResponse>");
  }

  /** A page with one resource, as if a hundred were before it. */
  private String page(String token) {
    var xml = new StringBuilder("<ListStackResourcesResponse><ListStackResourcesResult>");
    xml.append("<StackResourceSummaries>");
    int page = token.isEmpty() ? 0 : Integer.parseInt(token);
    var ids = List.copyOf(resources.keySet());
    if (page < ids.size()) {
      xml.append("<member><LogicalResourceId>")
          .append(ids.get(page))
          .append("</LogicalResourceId>")
          .append(resources.get(ids.get(page)))
          .append("<DriftInformation><StackResourceDriftStatus>NOT_CHECKED")
          .append("</StackResourceDriftStatus></DriftInformation></member>");
    }
    xml.append("</StackResourceSummaries>");
    if (page + 1 < ids.size()) {
      xml.append("<NextToken>").append(page + 1).append("</NextToken>");
    }
    return xml.append("</ListStackResourcesResult></ListStackResourcesResponse>").toString();
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

  private FakeResponse secret(String operation, String body) throws IOException {
    var fields = strings(body);
    var id = fields.getOrDefault("SecretId", "");
    return switch (id) {
      case SECRET_ARN, "chatgate/provider" -> secret(operation, fields, secrets);
      case SIGNING_SECRET, "chatgate/signing" -> secret(operation, fields, signingSecrets);
      default -> notFound();
    };
  }

  private FakeResponse secret(String operation, Map<String, String> fields, List<String> values) {
    return switch (operation) {
      case "PutSecretValue" -> put(fields, values);
      case "DescribeSecret" ->
          new FakeResponse(
              200,
              JsonOutput.compact(json -> {
                json.writeStartObject();
                json.writeObjectFieldStart("VersionIdsToStages");
                for (int version = 0; version < values.size(); version++) {
                  json.writeArrayFieldStart("version-" + version);
                  if (version >= values.size() - 2) {
                    json.writeString(version == values.size() - 1 ? "AWSCURRENT" : "AWSPREVIOUS");
                  }
                  json.writeEndArray();
                }
                json.writeEndObject();
                json.writeEndObject();
              }));
      case "GetSecretValue" ->
          values.isEmpty()
              ? notFound()
              : value(fields.getOrDefault("VersionId", "version-" + (values.size() - 1)), values);
      default -> new FakeResponse(400, "{\"__type\":\"UnknownOperationException\"}");
    };
  }

  /** As Secrets Manager: a token that was used stands for a version, which cannot be changed. */
  private FakeResponse put(Map<String, String> fields, List<String> values) {
    var value = fields.getOrDefault("SecretString", "");
    var before = writtenByToken.putIfAbsent(fields.getOrDefault("ClientRequestToken", ""), value);
    if (before == null) {
      values.add(value);
    } else if (!before.equals(value)) {
      return new FakeResponse(
          400,
          "{\"__type\":\"ResourceExistsException\",\"Message\":\"A version of this name exists.\"}");
    }
    return new FakeResponse(200, "{}");
  }

  private static FakeResponse value(String id, List<String> values) {
    int version = Integer.parseInt(id.substring(id.indexOf('-') + 1));
    return new FakeResponse(
        200,
        JsonOutput.compact(json -> {
          json.writeStartObject();
          json.writeStringField("SecretString", values.get(version));
          json.writeNumberField(
              "CreatedDate", FIRST_VERSION.plusSeconds(86_400L * version).getEpochSecond());
          json.writeEndObject();
        }));
  }

  private static FakeResponse notFound() {
    return new FakeResponse(
        400,
        "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"Secrets Manager can't find the"
            + " specified secret.\"}");
  }

  /** The string members of a JSON object. */
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
    client.close();
    try {
      server.stop();
      dynamo.close();
    } catch (Exception e) {
      throw new IllegalStateException("the fake of AWS does not stop", e);
    }
  }
}
