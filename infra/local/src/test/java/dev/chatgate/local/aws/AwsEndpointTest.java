package dev.chatgate.local.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.template.TableDefinition;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Both services, asked by the AWS SDK. */
class AwsEndpointTest {
  private static final TableDefinition TABLE =
      new TableDefinition(
          "ThingsTable",
          "chatgate-things",
          new TableDefinition.Key("pk", Optional.of("sk")),
          Map.of("pk", "S", "sk", "S", "due", "N"),
          List.of(
              new TableDefinition.Index(
                  "due",
                  new TableDefinition.Key("pk", Optional.of("due")),
                  "KEYS_ONLY",
                  List.of())),
          Optional.of("expires_at"));

  private static AwsEndpoint endpoint;
  private static DynamoDbClient dynamoDb;
  private static SecretsManagerClient secrets;

  @BeforeAll
  static void start() {
    endpoint = AwsEndpoint.start(0, Optional.empty(), Clock.systemUTC());
    dynamoDb = dynamoDb(endpoint, "us-east-1");
    secrets =
        SecretsManagerClient.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .endpointOverride(URI.create(endpoint.url()))
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials("local"))
            .build();
    TemplateTables.create(dynamoDb, List.of(TABLE));
  }

  @AfterAll
  static void stop() {
    secrets.close();
    dynamoDb.close();
    endpoint.close();
  }

  @Test
  void tablesHaveTheKeysTheIndexesAndTheTimeToLiveOfTheirDefinition() {
    var table = dynamoDb.describeTable(request -> request.tableName("chatgate-things")).table();
    assertEquals("[pk, sk]", table.keySchema().stream().map(k -> k.attributeName()).toList() + "");
    assertEquals("due", table.globalSecondaryIndexes().getFirst().indexName());
    var ttl = dynamoDb.describeTimeToLive(request -> request.tableName("chatgate-things"));
    assertEquals("expires_at", ttl.timeToLiveDescription().attributeName());
  }

  @Test
  void creatingTablesAgainLeavesThemAsTheyAre() {
    put("kept", "1");
    TemplateTables.create(dynamoDb, List.of(TABLE));
    assertTrue(get(dynamoDb, "kept").isPresent());
  }

  @Test
  void aRefusedWriteBringsTheOldItem() {
    put("taken", "1");
    var refused =
        assertThrows(
            ConditionalCheckFailedException.class,
            () ->
                dynamoDb.putItem(request ->
                    request
                        .tableName("chatgate-things")
                        .item(item("taken", "2"))
                        .conditionExpression("attribute_not_exists(pk)")
                        .returnValuesOnConditionCheckFailure(
                            ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    assertEquals("1", refused.item().getOrDefault("v", AttributeValue.fromS("none")).s());
  }

  @Test
  void everyAnswerIsDated() {
    String date = put("dated", "1").sdkHttpResponse().firstMatchingHeader("Date").orElseThrow();
    Instant at = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    assertTrue(Duration.between(at, Instant.now()).abs().compareTo(Duration.ofSeconds(5)) < 0);
  }

  @Test
  void anotherRegionAndAnotherKeySeeTheSameData() {
    put("shared", "1");
    try (DynamoDbClient other = dynamoDb(endpoint, "eu-west-1")) {
      assertTrue(get(other, "shared").isPresent());
    }
  }

  @Test
  void aFolderKeepsTheDataBetweenRuns(@TempDir Path folder) {
    for (int run = 0; run < 2; run++) {
      try (var kept = AwsEndpoint.start(0, Optional.of(folder), Clock.systemUTC());
          DynamoDbClient client = dynamoDb(kept, "us-east-1")) {
        TemplateTables.create(client, List.of(TABLE));
        assertEquals(run > 0, get(client, "kept").isPresent());
        client.putItem(request -> request.tableName("chatgate-things").item(item("kept", "1")));
      }
    }
  }

  @Test
  void aSecretIsReadByNameAndByArn() {
    endpoint.createSecret("by-name", Optional.of("value"));
    var byName = secrets.getSecretValue(request -> request.secretId("by-name"));
    var byArn = secrets.getSecretValue(request -> request.secretId(byName.arn()));
    assertEquals("value", byName.secretString());
    assertEquals("value", byArn.secretString());
    assertEquals(List.of("AWSCURRENT"), byName.versionStages());
  }

  @Test
  void aRotationKeepsThePreviousValue() {
    endpoint.createSecret("rotated", Optional.of("one"));
    secrets.putSecretValue(request -> request.secretId("rotated").secretString("two"));
    var current = secrets.getSecretValue(request -> request.secretId("rotated"));
    var previous =
        secrets.getSecretValue(request -> request.secretId("rotated").versionStage("AWSPREVIOUS"));
    assertEquals("two", current.secretString());
    assertEquals("one", previous.secretString());
    assertNotEquals(current.versionId(), previous.versionId());
    assertEquals(
        2,
        secrets.describeSecret(request -> request.secretId("rotated")).versionIdsToStages().size());
  }

  @Test
  void aSecretWithoutAValueAndASecretThatIsNotThereAreNotFound() {
    endpoint.createSecret("empty", Optional.empty());
    for (String name : List.of("empty", "nobody")) {
      assertThrows(
          ResourceNotFoundException.class,
          () -> secrets.getSecretValue(request -> request.secretId(name)));
    }
  }

  @Test
  void aSecretIsCreatedOnce() {
    secrets.createSecret(request -> request.name("created").secretString("x"));
    assertEquals(
        "x", secrets.getSecretValue(request -> request.secretId("created")).secretString());
    assertThrows(
        ResourceExistsException.class,
        () -> secrets.createSecret(request -> request.name("created").secretString("y")));
  }

  private static PutItemResponse put(String key, String value) {
    return dynamoDb.putItem(request -> request.tableName("chatgate-things").item(item(key, value)));
  }

  private static Optional<Map<String, AttributeValue>> get(DynamoDbClient client, String key) {
    var found =
        client.getItem(request ->
            request
                .tableName("chatgate-things")
                .key(Map.of("pk", s(key), "sk", s("x")))
                .consistentRead(true));
    return found.hasItem() ? Optional.of(found.item()) : Optional.empty();
  }

  private static Map<String, AttributeValue> item(String key, String value) {
    return Map.of("pk", s(key), "sk", s("x"), "v", s(value));
  }

  private static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }

  private static DynamoDbClient dynamoDb(AwsEndpoint at, String region) {
    return DynamoDbClient.builder()
        .httpClientBuilder(Apache5HttpClient.builder())
        .endpointOverride(URI.create(at.url()))
        .region(Region.of(region))
        .credentialsProvider(credentials(region.replace("-", "")))
        .build();
  }

  private static StaticCredentialsProvider credentials(String key) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(key, "secret"));
  }
}
