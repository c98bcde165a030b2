package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.dynamodb.TableRequests;
import dev.chatgate.aws.dynamodb.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** Compares {@code template.yaml} with the code's tables, and checks its own consistency. */
class TemplateTest {
  private static final Pattern OVERRIDE = Pattern.compile("[ \"](\\w+)=");
  private static final Tables TABLES = new Tables("TenantsTable", "QuotaTable", "UsageTable");

  private final Template template = Template.read(Repository.ROOT.resolve("template.yaml"));

  TemplateTest() throws IOException {}

  @Test
  void everyParameterSetsSomething() {
    var used = Decided.references(template.root());
    template
        .parameters()
        .fieldNames()
        .forEachRemaining(name -> assertTrue(used.contains(name), name + " sets nothing"));
  }

  @Test
  void everyParameterIsDescribedAndAllButTheProviderHaveADefault() {
    template
        .parameters()
        .properties()
        .forEach(parameter -> {
          // A default would send the operator's key to a provider that nobody chose.
          boolean isProvider = parameter.getKey().equals("ProviderBaseUrl");
          assertEquals(!isProvider, parameter.getValue().has("Default"), parameter.getKey());
          assertFalse(parameter.getValue().path("Description").asText().isBlank());
        });
  }

  @Test
  void samconfigSetsOnlyExistingParameters() throws IOException {
    var overrides =
        Files.readAllLines(Repository.ROOT.resolve("samconfig.toml")).stream()
            .filter(line -> line.startsWith("parameter_overrides"))
            .flatMap(line -> OVERRIDE.matcher(line).results())
            .map(found -> found.group(1))
            .toList();

    assertFalse(overrides.isEmpty());
    overrides.forEach(name -> assertTrue(template.parameters().has(name), name));
  }

  /**
   * After a failed creation, tables and secrets are of no use, but the log alone has the reason:
   * CloudFormation says only that a version did not start.
   */
  @Test
  void tablesSecretsAndLogsAreRetainedIfDataIsKept() {
    var whenDeleted =
        Map.of(
            "AWS::DynamoDB::Table", "!If [Keep, RetainExceptOnCreate, Delete]",
            "AWS::SecretsManager::Secret", "!If [Keep, RetainExceptOnCreate, Delete]",
            "AWS::Logs::LogGroup", "!If [Keep, Retain, Delete]");
    var whenReplaced = Template.read("!If [Keep, Retain, Delete]").root();

    template
        .resources()
        .properties()
        .forEach(entry -> {
          var resource = entry.getValue();
          var policy = whenDeleted.get(resource.get("Type").asText());
          assertEquals(
              policy == null ? null : Template.read(policy).root(),
              resource.get("DeletionPolicy"),
              entry.getKey());
          assertEquals(
              policy == null ? null : whenReplaced,
              resource.get("UpdateReplacePolicy"),
              entry.getKey());
        });
    // Only LanguageExtensions allows a function in this place, and it must run before SAM.
    assertEquals(
        Template.read("[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]").root(),
        template.root().get("Transform"));
  }

  @ParameterizedTest
  @CsvSource({
    "dev,except-dev,Delete",
    "production,except-dev,RetainExceptOnCreate",
    "prod-eu,except-dev,RetainExceptOnCreate",
    "dev,always,RetainExceptOnCreate",
    "prod,never,Delete"
  })
  void dataAreKeptUnlessTheStageIsDev(String stage, String keep, String policy) {
    var decided = Decided.of(template, Map.of("Stage", stage, "KeepData", keep));

    assertEquals(policy, decided.resources().at("/QuotaTable/DeletionPolicy").asText());
    assertEquals(
        !policy.equals("Delete"),
        decided.properties("QuotaTable").get("DeletionProtectionEnabled").asBoolean());
  }

  @Test
  void afterAFailureTheDevStackStaysWithItsLogs() throws IOException {
    var config = Files.readString(Repository.ROOT.resolve("samconfig.toml"));
    for (var environment : List.of("default", "dev", "prod")) {
      var section = config.split("\\[" + environment + "\\.deploy\\.parameters]", 2)[1];
      assertEquals(
          !environment.equals("prod"),
          section.split("\n\\[", 2)[0].contains("disable_rollback = true"),
          environment);
    }
  }

  /** SAM writes answers into the file that it is given, and a tracked file would conflict. */
  @Test
  void gitIgnoresTheOperatorsOwnValues() throws IOException {
    var ignored = Files.readAllLines(Repository.ROOT.resolve(".gitignore"));
    var guide = Files.readString(Repository.ROOT.resolve("infra/README.md"));

    assertTrue(ignored.contains("samconfig.local.toml"));
    assertTrue(guide.contains("--config-file samconfig.local.toml"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aDoorsRolloutIsRolledBackByAnAlarmOnItsAlias(String function) {
    var rollout = Decided.of(template, Map.of()).properties(function).get("DeploymentPreference");

    assertEquals("Rollout", rollout.at("/Type/Ref").asText());
    var alarm = template.properties(rollout.at("/Alarms/0/Ref").asText());
    assertEquals(
        "AWS/Lambda Errors",
        alarm.get("Namespace").asText() + " " + alarm.get("MetricName").asText());
    assertEquals(
        Template.read(
                "[{Name: FunctionName, Value: !Ref %1$s}, {Name: Resource, Value: !Sub '${%1$s}:live'}]"
                    .formatted(function))
            .root(),
        alarm.get("Dimensions"));
  }

  @Test
  void everyChangeOfAFunctionReachesItsAlias() {
    template
        .ofType("AWS::Serverless::Function")
        .forEach((name, function) ->
            assertTrue(function.path("AutoPublishAliasAllProperties").asBoolean(), name));
    assertEquals("live", template.root().at("/Globals/Function/AutoPublishAlias").asText());
  }

  /**
   * SAM does not recognize a changed parameter value as a change of a function; see the template.
   */
  @Test
  void everyParameterOfAFunctionIsInItsDeployedWithVariable() {
    var global = references(template.root().at("/Globals/Function/Architectures"));
    template
        .ofType("AWS::Serverless::Function")
        .forEach((name, function) -> {
          var used = new TreeSet<>(global);
          for (var field : List.of("MemorySize", "Timeout", "Environment")) {
            used.addAll(references(function.path(field)));
          }
          used.removeIf(reference -> !template.parameters().has(reference));
          var listed = function.at("/Environment/Variables/CHATGATE_DEPLOYED_WITH");
          assertEquals(used, new TreeSet<>(references(listed)), name);
        });
  }

  /** Lambda refuses to publish a version that differs from the last one in these only. */
  @Test
  void aChangeThatIsNoPartOfAVersionChangesTheRelease() throws Exception {
    var global = template.root().at("/Globals/Function");
    var functions = template.ofType("AWS::Serverless::Function");
    var text = new StringBuilder();
    functions.forEach((name, function) -> {
      for (var property :
          List.of("Tags", "ReservedConcurrentExecutions", "RuntimeManagementConfig")) {
        text.append(name).append(' ').append(property).append(' ');
        text.append(global.path(property)).append(function.path(property)).append('\n');
      }
    });
    var hash =
        MessageDigest.getInstance("SHA-256")
            .digest(text.toString().getBytes(StandardCharsets.UTF_8));
    var pom = Files.readString(Repository.ROOT.resolve("pom.xml"));
    var version = pom.split("<version>", 2)[1].split("<", 2)[0];
    var release = version + "-" + HexFormat.of().formatHex(hash, 0, 4);
    functions.forEach((name, function) ->
        assertEquals(
            release,
            function
                .at("/Environment/Variables/CHATGATE_DEPLOYED_WITH/Fn::ToJsonString/0")
                .asText(),
            name + ": the first line of CHATGATE_DEPLOYED_WITH"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aPatchOfTheRuntimeComesWithADeployment(String function) {
    assertEquals(
        Template.read("UpdateRuntimeOn: FunctionUpdate").root(),
        template.properties(function).get("RuntimeManagementConfig"));
  }

  @Test
  void theTablesAreThoseOfTheCode() {
    var tables = template.ofType("AWS::DynamoDB::Table");
    var requests = TableRequests.create(TABLES);

    assertEquals(
        requests.stream().map(CreateTableRequest::tableName).collect(Collectors.toSet()),
        tables.keySet());
    requests.forEach(request -> assertSameTable(request, template.properties(request.tableName())));
  }

  @Test
  void recordsAndItemsOfEndUsersExpireByTheAttributeThatTheCodeWrites() {
    var expected =
        TableRequests.timeToLive(TABLES).stream()
            .collect(
                Collectors.toMap(
                    UpdateTimeToLiveRequest::tableName,
                    UpdateTimeToLiveRequest::timeToLiveSpecification));
    template
        .ofType("AWS::DynamoDB::Table")
        .forEach((name, table) -> {
          var specification = expected.get(name);
          var found = table.path("TimeToLiveSpecification");
          assertEquals(specification != null, found.path("Enabled").asBoolean(), name);
          assertEquals(
              specification == null ? "" : specification.attributeName(),
              found.path("AttributeName").asText(),
              name);
        });
  }

  @Test
  void everyTableCanBeRestored() {
    template
        .ofType("AWS::DynamoDB::Table")
        .forEach((name, table) -> {
          var recovery = table.path("PointInTimeRecoverySpecification");
          assertTrue(recovery.path("PointInTimeRecoveryEnabled").asBoolean(), name);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "api-and-url, ApiFunction StreamFunction",
    "api, ApiFunction",
    "url, StreamFunction",
  })
  void aNewVersionIsCheckedBeforeItGetsTraffic(String doors, String functions) {
    var decided = Decided.of(template, Map.of("Doors", doors, "RolloutCheck", "on"));

    for (var function : functions.split(" ", -1)) {
      assertEquals(
          Template.read("PreTraffic: !Ref RolloutCheckFunction").root(),
          decided.properties(function).at("/DeploymentPreference/Hooks"));
    }
    // AWSCodeDeployRoleForLambda, SAM's role for CodeDeploy, may call no other names.
    assertEquals(
        "CodeDeployHook_${AWS::StackName}",
        decided.properties("RolloutCheckFunction").at("/FunctionName/Fn::Sub").asText());
    var callable = new StringBuilder();
    decided
        .properties("RolloutCheckFunction")
        .at("/Environment/Variables/CHATGATE_DOORS/Fn::Join/1")
        .forEach(door -> callable.append(door.get("Ref").asText()).append(' '));
    assertEquals(functions, callable.toString().strip());
    var resources =
        decided.statements("RolloutCheckFunctionRole").stream()
            .filter(statement -> statement.get("Action").asText().equals("lambda:InvokeFunction"))
            .map(statement -> Template.everywhere(statement.get("Resource"), "Fn::Sub"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        Stream.of(functions.split(" ", -1)).map("${%s.Arn}:*"::formatted).toList(),
        resources.stream().map(JsonNode::asText).toList());
  }

  @Test
  void withoutTheCheckThereIsNoHook() {
    var decided = Decided.of(template, Map.of());

    assertFalse(decided.resources().has("RolloutCheckFunction"));
    assertFalse(decided.resources().has("RolloutCheckFunctionRole"));
    assertTrue(
        decided.properties("ApiFunction").at("/DeploymentPreference/Hooks").isEmpty(), "no hook");
  }

  /** Functions, their permissions, alarms, the dashboard and the command line all use it. */
  @ParameterizedTest
  @ValueSource(strings = {"TenantsTable", "QuotaTable", "UsageTable"})
  void aRestoredTableReplacesTheStacksOwn(String table) {
    var own = Decided.of(template, Map.of());
    var restored = Decided.of(template, Map.of("Restored" + table, "chatgate-prod-" + table));

    assertTrue(users(own, table).contains(table + "ThrottledAlarm"), table);
    assertEquals(Set.of(), users(restored, table));
    assertEquals(users(own, table), users(restored, "Restored" + table));
    assertEquals(
        "Restored" + table, restored.root().at("/Outputs/" + table + "Name/Value/Ref").asText());
  }

  /** The resources that refer to a name. */
  private static Set<String> users(Template decided, String name) {
    var users = new TreeSet<String>();
    decided
        .resources()
        .properties()
        .forEach(entry -> {
          // The list of parameters in CHATGATE_DEPLOYED_WITH is not a use.
          JsonNode resource = entry.getValue().deepCopy();
          if (resource.at("/Properties/Environment/Variables") instanceof ObjectNode variables) {
            variables.remove("CHATGATE_DEPLOYED_WITH");
          }
          if (Decided.references(resource).contains(name)) {
            users.add(entry.getKey());
          }
        });
    return users;
  }

  @ParameterizedTest
  @ValueSource(strings = {"api-and-url", "url", "api"})
  void everyLogGroupIsExported(String doors) {
    var arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs";
    var decided = Decided.of(template, Map.of("Doors", doors, "LogExportStreamArn", arn));

    var exported = new TreeSet<String>();
    decided
        .ofType("AWS::Logs::SubscriptionFilter")
        .forEach((name, filter) -> {
          exported.add(filter.at("/LogGroupName/Ref").asText());
          assertEquals("", filter.get("FilterPattern").asText(), "every line");
          assertEquals("LogExportStreamArn", filter.at("/DestinationArn/Ref").asText());
        });
    assertEquals(decided.ofType("AWS::Logs::LogGroup").keySet(), exported);
    assertEquals(
        List.of(
            Template.read(
                    "{ Effect: Allow, Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],"
                        + " Resource: !Ref LogExportStreamArn }")
                .root()),
        decided.statements("LogExportRole"));
    assertFalse(
        Decided.of(template, Map.of("Doors", doors)).resources().has("LogExportRole"), doors);
  }

  /** AWS's own keys are free; the account's key for DynamoDB is charged for each request. */
  @Test
  void withoutAKeyOfTheOperatorEverythingHasAwssOwnKeys() {
    var decided = Decided.of(template, Map.of());

    decided
        .ofType("AWS::DynamoDB::Table")
        .forEach((name, table) ->
            assertEquals(
                Template.read("SSEEnabled: false").root(), table.get("SSESpecification"), name));
    assertFalse(references(decided.resources()).contains("KmsKeyArn"));
    assertFalse(decided.resources().toString().contains("Kms"));
  }

  @Test
  void theKeyOfTheOperatorEncryptsWhatIsStored() {
    var decided =
        Decided.of(template, Map.of("KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/k"));

    var fields =
        Map.of(
            "AWS::DynamoDB::Table", "/SSESpecification/KMSMasterKeyId/Ref",
            "AWS::SecretsManager::Secret", "/KmsKeyId/Ref",
            "AWS::Logs::LogGroup", "/KmsKeyId/Ref",
            "AWS::SNS::Topic", "/KmsMasterKeyId/Ref");
    fields.forEach((type, field) ->
        decided
            .ofType(type)
            .forEach((name, one) -> assertEquals("KmsKeyArn", one.at(field).asText(), name)));
    decided
        .ofType("AWS::DynamoDB::Table")
        .forEach((name, table) ->
            assertEquals(
                "KMS true",
                table.at("/SSESpecification/SSEType").asText()
                    + " "
                    + table.at("/SSESpecification/SSEEnabled").asText(),
                name));
    var decrypt =
        Template.read("{ Effect: Allow, Action: 'kms:Decrypt', Resource: !Ref KmsKeyArn }").root();
    decided
        .ofType("AWS::IAM::Role")
        .keySet()
        .forEach(role -> assertTrue(decided.statements(role).contains(decrypt), role));
  }

  @Test
  void onlyTheSigningSecretIsCreatedWithAValue() {
    template
        .ofType("AWS::SecretsManager::Secret")
        .forEach((name, secret) -> {
          assertFalse(secret.has("SecretString"), name);
          assertEquals(name.equals("SigningSecret"), secret.has("GenerateSecretString"), name);
        });
  }

  /** The code derives its keys from a seed of at least 32 characters. */
  @Test
  void theSigningSecretStartsAsAJsonObjectWithARandomSeed() {
    assertEquals(
        Template.read(
                "{SecretStringTemplate: '{}', GenerateStringKey: seed, PasswordLength: 64,"
                    + " ExcludePunctuation: true}")
            .root(),
        template.properties("SigningSecret").get("GenerateSecretString"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void theGatewayReadsBothSecretsByReference(String function) {
    var variables = template.properties(function).at("/Environment/Variables");

    assertEquals("ProviderSecret", variables.at("/CHATGATE_PROVIDER_SECRET/Ref").asText());
    assertEquals("SigningSecret", variables.at("/CHATGATE_SIGNING_SECRET/Ref").asText());
  }

  @Test
  void theReconcilerKnowsNoSecret() {
    var secrets = template.ofType("AWS::SecretsManager::Secret").keySet();
    var reconciler = references(template.properties("ReconcilerFunction"));

    secrets.forEach(name -> assertFalse(reconciler.contains(name), name));
  }

  @Test
  void theStreamingDoorStreams() {
    var url = template.properties("StreamFunction").get("FunctionUrlConfig");

    assertEquals("RESPONSE_STREAM", url.get("InvokeMode").asText());
  }

  @Test
  void everyFunctionsLogGroupHasARetention() {
    var groups = template.ofType("AWS::Logs::LogGroup");
    template
        .ofType("AWS::Serverless::Function")
        .forEach((name, function) -> {
          var group = groups.get(function.at("/LoggingConfig/LogGroup/Ref").asText());
          assertTrue(group != null && group.has("RetentionInDays"), name);
        });
  }

  @Test
  void policiesAllowOnlyTheStacksOwnResources() {
    template
        .ofType("AWS::IAM::Role")
        .forEach((name, role) ->
            Template.everywhere(role.path("Policies"), "Resource").stream()
                .flatMap(
                    resource -> resource.isArray() ? resource.valueStream() : Stream.of(resource))
                .forEach(resource -> assertTrue(resource.isObject(), name + ": " + resource)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction", "ReconcilerFunction"})
  void aFunctionWritesToItsOwnLogGroupAlone(String function) {
    assertEquals(
        Template.read("!GetAtt %sRole.Arn".formatted(function)).root(),
        template.properties(function).get("Role"));
    var group = template.properties(function).at("/LoggingConfig/LogGroup/Ref").asText();
    assertEquals(
        List.of(
            Template.read(
                    """
                    Effect: Allow
                    Action: [logs:CreateLogStream, logs:PutLogEvents]
                    Resource: !GetAtt %s.Arn
                    """
                        .formatted(group))
                .root()),
        template.statements(function + "Role").stream()
            .filter(statement -> statement.path("Action").toString().contains("\"logs:"))
            .toList());
  }

  @Test
  void noResourceHasAFixedName() {
    var fixed = List.of("TableName", "FunctionName", "RoleName", "LogGroupName", "SecretName");
    fixed.forEach(field ->
        assertEquals(
            List.of(),
            Template.everywhere(template.resources(), field).stream()
                .filter(JsonNode::isTextual)
                .toList(),
            field));
  }

  private static void assertSameTable(CreateTableRequest request, JsonNode table) {
    assertEquals(request.billingModeAsString(), table.path("BillingMode").asText());
    assertEquals(keys(request.keySchema()), keys(table.path("KeySchema")));
    assertEquals(
        request.attributeDefinitions().stream()
            .collect(Collectors.toMap(a -> a.attributeName(), a -> a.attributeTypeAsString())),
        pairs(table.path("AttributeDefinitions"), "AttributeName", "AttributeType"));
    assertEquals(
        request.globalSecondaryIndexes().stream()
            .map(i -> i.indexName() + keys(i.keySchema()) + i.projection().projectionTypeAsString())
            .toList(),
        table.path("GlobalSecondaryIndexes").valueStream().map(TemplateTest::index).toList());
  }

  private static String index(JsonNode index) {
    return index.get("IndexName").asText()
        + keys(index.get("KeySchema"))
        + index.at("/Projection/ProjectionType").asText();
  }

  private static Map<String, String> keys(List<KeySchemaElement> schema) {
    var keys = new TreeMap<String, String>();
    schema.forEach(key -> keys.put(key.attributeName(), key.keyTypeAsString()));
    return keys;
  }

  private static Map<String, String> keys(JsonNode schema) {
    return pairs(schema, "AttributeName", "KeyType");
  }

  private static Map<String, String> pairs(JsonNode list, String key, String value) {
    var pairs = new TreeMap<String, String>();
    list.forEach(item -> pairs.put(item.get(key).asText(), item.get(value).asText()));
    return pairs;
  }

  private static Set<String> references(JsonNode node) {
    return Template.everywhere(node, "Ref").stream()
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }
}
