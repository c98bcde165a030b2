package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.local.upstream.BuiltInUpstream;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Deploys the output of {@code sam build} into MiniStack as two stages. MiniStack's gaps are listed
 * in {@code infra/checks/README.md}.
 */
@Tag("outside")
class MiniStackTest {
  private static final String ONE = "chatgate-one";
  private static final String TWO = "chatgate-two";
  private static final String PROVIDER = "ProviderBaseUrl=https://provider.example/v1";
  private static final String MAIL = "AlarmEmail=ops@example.com";
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String PROVIDER_KEY = "sk-provider-0123456789abcdef";
  private static final List<String> TABLES = List.of("TenantsTable", "QuotaTable", "UsageTable");
  private static final String FIREHOSE =
      "arn:aws:firehose:us-east-1:000000000000:deliverystream/logs";
  private static final Path BUILT = Repository.TARGET.resolve("ministack-build");

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Carrier carrier;
  private static BuiltInUpstream provider;
  private static MiniStack aws;
  private static Template template;
  private static Path deployable;

  @BeforeAll
  static void deployTwoStages() throws Exception {
    carrier = new Carrier();
    provider = BuiltInUpstream.start(PROVIDER_KEY, Pacing.NONE, Clock.systemUTC());
    aws = MiniStack.start(Repository.TARGET.resolve("ministack"));
    ExternalTools.run(
        Map.of("SAM_CLI_TELEMETRY", "0", "AWS_DEFAULT_REGION", "us-east-1"),
        ExternalTools.find("python/bin/sam"),
        "build",
        "--build-dir",
        BUILT);
    template = Template.read(BUILT.resolve("template.yaml"));
    deployable =
        written(
            "one.json",
            MiniStackTemplate.carriedTo(carrier.url(), MiniStackTemplate.without(template)));
    aws.deploy(deployable, ONE, "Stage=one", "CacheSeconds=0", MAIL, PROVIDER);
    aws.deploy(deployable, TWO, "Stage=two", MAIL, PROVIDER);
    route(ONE);
    run(ONE);
  }

  @AfterAll
  static void stop() {
    aws.close();
    provider.close();
    carrier.close();
  }

  @Test
  void everyResourceOfTheTemplateIsThereInBothStages() throws Exception {
    var one = aws.resources(ONE);
    var two = aws.resources(TWO);

    var wanted = new TreeSet<String>();
    var decided = Decided.of(template, Map.of("AlarmEmail", "ops@example.com"));
    decided.resources().fieldNames().forEachRemaining(wanted::add);
    MiniStackTemplate.LACKED.forEach(pointer -> wanted.remove(pointer.substring(1)));
    wanted.removeAll(one.byId().keySet());
    assertEquals(Set.of(), wanted, "not made");
    assertEquals(unversioned(one.byId().keySet()), unversioned(two.byId().keySet()));
    one.byId()
        .forEach((id, name) -> {
          if (!template.resources().path(id).isMissingNode()) {
            assertNotEquals(name, two.get(id), id);
          }
        });
  }

  @Test
  void everyOutputHasAValue() throws Exception {
    var outputs = aws.outputs(ONE);

    var wanted = new HashSet<String>();
    template.root().get("Outputs").fieldNames().forEachRemaining(wanted::add);
    assertEquals(wanted, outputs.byId().keySet());
    outputs.byId().values().forEach(value -> assertFalse(value.isBlank(), outputs.toString()));
    assertTrue(outputs.get("StreamBaseUrl").matches("https://\\S+/openai/v1"), outputs.toString());
    assertTrue(outputs.get("NextCommand").contains("--stack " + ONE), outputs.toString());
  }

  @Test
  void theRoutesOfTheApiAreThoseOfTheTransformedTemplate() throws Exception {
    var answer = call(apiHost(ONE), "/health", "", "");

    assertEquals(200, answer.statusCode(), answer.body());
  }

  @Test
  void anUpdateReachesTheAliasAndKeepsTheData() throws Exception {
    aws.deploy(deployable, "chatgate-updated", "Stage=updated", PROVIDER);
    var before = aws.resources("chatgate-updated");
    var first = aliasVersion(before.get("StreamFunction"));

    aws.deploy(deployable, "chatgate-updated", "Stage=updated", "CallSeconds=300");

    var after = aws.resources("chatgate-updated");
    assertEquals(
        aliasVersions(after), versionsOfTheStack("chatgate-updated"), "as the guide finds them");
    for (var id :
        List.of("TenantsTable", "QuotaTable", "UsageTable", "ProviderSecret", "SigningSecret")) {
      assertEquals(before.get(id), after.get(id));
    }
    assertNotEquals(first, aliasVersion(after.get("StreamFunction")));
    assertEquals(
        "https://provider.example/v1",
        configuration(after.get("StreamFunction") + ":live")
            .at("/Environment/Variables/UPSTREAM_BASE_URL")
            .asText(),
        "a parameter that an update does not name keeps its value");
    assertEquals(
        "300",
        configuration(after.get("StreamFunction") + ":live")
            .at("/Environment/Variables/CHATGATE_CALL_SECONDS")
            .asText());
    aws.delete("chatgate-updated");
  }

  /** One stack is given each door in turn, then other parameters, and then a failing update. */
  @Test
  void aStackCanHaveEitherDoorOrBoth() throws Exception {
    var stack = "chatgate-doors";
    var export = "LogExportStreamArn=" + FIREHOSE;
    aws.deploy(deployable, stack, "Stage=dev", PROVIDER, "Doors=url", "Watch=off", export);
    assertDoors(stack, "1", Set.of("StreamFunction"), Set.of("StreamBaseUrl"));

    aws.deploy(deployable, stack, "Doors=api");
    assertDoors(stack, "2", Set.of("ApiFunction"), Set.of("ApiBaseUrl"));

    var both = Set.of("ApiFunction", "StreamFunction");
    aws.deploy(deployable, stack, "Doors=api-and-url", "RolloutCheck=on");
    assertEquals(
        "CodeDeployHook_" + stack, aws.resources(stack).get("RolloutCheckFunction"), "by its name");
    assertDoors(stack, "3", both, Set.of("ApiBaseUrl", "StreamBaseUrl"));

    var file = written("broken-update.json", withARefusedAlarm());
    assertThrows(AssertionError.class, () -> aws.deploy(file, stack, "CacheSeconds=9"));
    assertEquals("3", cacheSeconds(stack, both), "rolled back");
    aws.deploy(deployable, stack, "CacheSeconds=5");
    assertEquals("5", cacheSeconds(stack, both));
    aws.delete(stack);
  }

  /** The value that the versions behind the aliases have. */
  private static String cacheSeconds(String stack, Set<String> functions) throws Exception {
    var found = new TreeSet<String>();
    for (var function : functions) {
      found.add(
          configuration(aws.resources(stack).get(function) + ":live")
              .at("/Environment/Variables/CHATGATE_CACHE_SECONDS")
              .asText());
    }
    return String.join(" ", found);
  }

  /** Deploys with another parameter first: the doors stay as they are. */
  private static void assertDoors(
      String stack, String seconds, Set<String> functions, Set<String> outputs) throws Exception {
    aws.deploy(deployable, stack, "CacheSeconds=" + seconds);
    assertEquals(seconds, cacheSeconds(stack, functions));
    var resources = aws.resources(stack).byId().keySet();
    for (var door : List.of("ApiFunction", "StreamFunction")) {
      assertEquals(functions.contains(door), resources.contains(door), resources.toString());
    }
    assertEquals(
        functions.contains("ApiFunction"), resources.contains("HttpApi"), resources.toString());
    assertTrue(resources.contains("ReconcilerFunction"), resources.toString());
    assertTrue(resources.stream().noneMatch(id -> id.endsWith("Alarm")), resources.toString());
    for (var group : resources.stream().filter(id -> id.endsWith("LogGroup")).toList()) {
      var name = Map.of("logGroupName", aws.resources(stack).get(group));
      var filters = aws.ask("logs", "describe_subscription_filters", name);
      assertEquals(
          List.of(FIREHOSE), strings(filters.findValues("destinationArn")), filters.toString());
    }
    var found = new TreeSet<>(aws.outputs(stack).byId().keySet());
    found.removeIf(name -> !name.endsWith("BaseUrl"));
    assertEquals(new TreeSet<>(outputs), found);
  }

  @Test
  void deletingDevDeletesItsDataAndDeletingProductionKeepsIt() throws Exception {
    aws.deploy(deployable, "chatgate-gone", "Stage=dev", PROVIDER);
    aws.deploy(deployable, "chatgate-prod", "Stage=production", PROVIDER);
    var gone = aws.resources("chatgate-gone");
    var prod = aws.resources("chatgate-prod");

    aws.delete("chatgate-gone");
    aws.delete("chatgate-prod");

    var tables = strings(aws.ask("dynamodb", "list_tables", Map.of()).get("TableNames"));
    var secrets = strings(aws.ask("secretsmanager", "list_secrets", Map.of()).findValues("Name"));
    var functions =
        strings(aws.ask("lambda", "list_functions", Map.of()).findValues("FunctionName"));
    for (var id : TABLES) {
      assertFalse(tables.contains(gone.get(id)), id);
      assertTrue(tables.contains(prod.get(id)), id);
    }
    for (var id : List.of("ProviderSecret", "SigningSecret")) {
      assertFalse(secrets.contains(gone.get(id)), secrets.toString());
      assertTrue(secrets.contains(prod.get(id)), secrets.toString());
    }
    assertFalse(functions.contains(gone.get("StreamFunction")), functions.toString());
    assertFalse(functions.contains(prod.get("StreamFunction")), functions.toString());
  }

  @Test
  void aFailedCreationLeavesTheLogsButNoTableAndNoSecret() throws Exception {
    var stack = "chatgate-broken";
    var file = written("broken.json", withARefusedAlarm());
    assertThrows(AssertionError.class, () -> aws.deploy(file, stack, "Stage=broken", PROVIDER));

    var tables = aws.ask("dynamodb", "list_tables", Map.of()).toString();
    var secrets = aws.ask("secretsmanager", "list_secrets", Map.of()).toString();
    var logs = aws.ask("logs", "describe_log_groups", Map.of()).findValues("logGroupName");
    assertFalse(tables.contains(stack), tables);
    assertFalse(secrets.contains(stack), secrets);
    assertEquals(
        3, strings(logs).stream().filter(name -> name.contains(stack)).count(), logs.toString());
  }

  /**
   * MiniStack refuses metric math only when it makes the alarm, after all that the alarm depends
   * on.
   */
  private static Template withARefusedAlarm() throws IOException {
    ObjectNode broken = Template.read(deployable).root().deepCopy();
    var refused =
        Template.read(
                """
                Type: AWS::CloudWatch::Alarm
                DependsOn: [TenantsTable, QuotaTable, UsageTable, ProviderSecret, SigningSecret]
                Properties:
                  ComparisonOperator: GreaterThanThreshold
                  Threshold: 0
                  EvaluationPeriods: 1
                  Metrics: [{ Id: math, Expression: TIME_SERIES(1) }]
                """)
            .root();
    ((ObjectNode) broken.get("Resources")).set("Refused", refused);
    return new Template(broken);
  }

  @Test
  void theReconcilerIsOnItsSchedule() throws Exception {
    var rule = one().get("ReconcilerFunctionEveryMinute");

    var found = aws.ask("events", "describe_rule", Map.of("Name", rule));
    var target =
        aws.ask("events", "list_targets_by_rule", Map.of("Rule", rule)).at("/Targets/0/Arn");

    assertEquals(
        "rate(1 minute) ENABLED",
        found.get("ScheduleExpression").asText() + " " + found.get("State").asText());
    assertTrue(
        target.asText().endsWith(one().get("ReconcilerFunction") + ":live"), target.asText());
  }

  @Test
  void theCommandLineAndTwoTenantsUseADeployedStage() throws Exception {
    cli(PROVIDER_KEY, "provider-key", "set");
    cli("", "tenant", "create", "acme", "--tokens-per-day", "100000");
    cli(
        "{\"id\":\"idle\",\"quota\":{\"tokens_per_day\":0}}",
        "tenant",
        "create",
        "idle",
        "--json",
        "-");
    var acme = cli("", "key", "create", "acme", "--name", "first").strip();
    var idle = cli("", "key", "create", "idle", "--name", "first").strip();

    var plain = call(apiHost(ONE), CHAT, acme, body(false));
    var streamed = call(urlHost(ONE), CHAT, acme, body(true));
    var refused = call(urlHost(ONE), CHAT, idle, body(false));

    assertEquals(200, plain.statusCode(), plain.body());
    assertEquals(200, streamed.statusCode(), streamed.body());
    assertTrue(streamed.body().endsWith("data: [DONE]\n\n"), streamed.body());
    assertEquals(429, refused.statusCode(), refused.body());
    int tokens = new ObjectMapper().readTree(plain.body()).at("/usage/total_tokens").asInt();
    assertMetered(2, tokens);
    loseAllTables();
    assertEquals(503, call(urlHost(ONE), CHAT, acme, body(false)).statusCode());
    var begin = Instant.now();
    putTablesBack();
    assertEquals(200, call(urlHost(ONE), CHAT, acme, body(false)).statusCode());
    System.out.println("drill: calls are answered after " + Duration.between(begin, Instant.now()));
    assertMetered(3, tokens);
  }

  /**
   * Deletes the tables. Each has a backup, as AWS makes one of a deleted table with point-in-time
   * recovery.
   */
  private static void loseAllTables() throws Exception {
    for (var table : TABLES) {
      var name = Map.of("TableName", one().get(table));
      aws.ask("dynamodb", "create_backup", with(name, "BackupName", table));
      aws.ask("dynamodb", "update_table", with(name, "DeletionProtectionEnabled", false));
      aws.ask("dynamodb", "delete_table", name);
    }
  }

  /** The steps of "Restore a table" in the guide. */
  private static void putTablesBack() throws Exception {
    for (var table : TABLES) {
      var name = one().get(table);
      var backup =
          aws.ask("dynamodb", "list_backups", Map.of("TableName", name))
              .at("/BackupSummaries/0/BackupArn")
              .asText();
      aws.ask(
          "dynamodb",
          "restore_table_from_backup",
          Map.of("BackupArn", backup, "TargetTableName", restored(table)));
    }
    var parameters = TABLES.stream().map(table -> "Restored" + table + "=" + restored(table));
    aws.deploy(deployable, ONE, parameters.toArray(String[]::new));
    var outputs = aws.outputs(ONE);
    for (var table : TABLES) {
      assertEquals(restored(table), outputs.get(table + "Name"));
    }
    run(ONE);
  }

  private static String restored(String table) {
    return ONE + "-" + table + "-2";
  }

  private static Map<String, Object> with(Map<String, String> name, String field, Object value) {
    var parameters = new HashMap<String, Object>(name);
    parameters.put(field, value);
    return parameters;
  }

  /** MiniStack's limit of instances depends on the machine; its caller is the root user. */
  @Test
  void doctorSeesTheAccountBeforeADeployment() throws Exception {
    var seen = cli("", "doctor", "--before");

    assertTrue(seen.contains("ok        account "), seen);
    assertTrue(seen.contains("  concurrency              All functions"), seen);
    assertTrue(seen.contains("public URL "), seen);
    assertFalse(seen.contains("FAIL"), seen);
  }

  /** Calls with the same prompt and the same offline answer use the same number of tokens. */
  private static void assertMetered(int calls, int tokensOfOneCall) throws Exception {
    // The only instance settles a stream before it accepts the next call.
    assertEquals(200, call(urlHost(ONE), "/health", "", "").statusCode());
    var report = cli("", "usage", "report", "--json");
    var rows = new ObjectMapper().readTree(report).get("data");
    assertEquals(1, rows.size(), report);
    assertEquals("acme", rows.at("/0/tenant").asText(), report);
    assertEquals(calls, rows.at("/0/requests").asInt(), report);
    assertEquals(calls * tokensOfOneCall, rows.at("/0/total_tokens").asInt(), report);
    cli("", "audit");
    cli("", "reconcile");
  }

  /** Runs the operator's command line on the first stage. */
  private static String cli(String input, String... words) throws Exception {
    var command = new ArrayList<Object>(List.of(Repository.ROOT.resolve("infra/cli/chatgate")));
    command.addAll(List.of(words));
    command.addAll(List.of("--stack", ONE));
    return ExternalTools.answer(aws.environment(), input, command.toArray());
  }

  private static String body(boolean streamed) {
    return """
    {"model":"local/chat","messages":[{"role":"user","content":"Hello"}],"max_tokens":50,"stream":%s}
    """
        .formatted(streamed);
  }

  /**
   * The list of removed parts must be minimal: MiniStack must refuse a template that keeps one part
   * of each kind.
   */
  @ParameterizedTest
  @MethodSource("kinds")
  void everyRemovedPartIsUnsupported(String kind) throws Exception {
    var pointer = MiniStackTemplate.REFUSED.getOrDefault(kind, List.of()).getFirst();
    var file = written("lacked.json", MiniStackTemplate.withoutAllBut(pointer, template));

    var refusal =
        assertThrows(AssertionError.class, () -> aws.deploy(file, "chatgate-lacked", PROVIDER));

    assertTrue(String.valueOf(refusal.getMessage()).contains(kind), refusal.toString());
  }

  static Set<String> kinds() {
    return MiniStackTemplate.REFUSED.keySet();
  }

  @Test
  void exactlyTheAlarmsWithMetricMathAreRemoved() {
    var math = new TreeSet<String>();
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> {
          if (alarm.has("Metrics")) {
            math.add("/" + name);
          }
        });
    assertEquals(
        math, new TreeSet<>(MiniStackTemplate.REFUSED.getOrDefault("metric math", List.of())));
  }

  private static MiniStack.Names one() throws Exception {
    return aws.resources(ONE);
  }

  private static Set<String> unversioned(Set<String> ids) {
    return ids.stream()
        .map(id -> id.replaceFirst("Version[0-9a-f]{10}$", "Version"))
        .collect(Collectors.toSet());
  }

  private static String aliasVersion(String function) throws Exception {
    return aws.ask("lambda", "get_alias", Map.of("FunctionName", function, "Name", "live"))
        .get("FunctionVersion")
        .asText();
  }

  /** Each function with the version that its alias names. */
  private static Set<String> aliasVersions(MiniStack.Names resources) throws Exception {
    var versions = new TreeSet<String>();
    for (var id : Decided.of(template, Map.of()).ofType("AWS::Serverless::Function").keySet()) {
      versions.add(resources.get(id) + ":" + aliasVersion(resources.get(id)));
    }
    return versions;
  }

  private static Set<String> versionsOfTheStack(String stack) throws Exception {
    return aws.ask("cloudformation", "describe_stack_resources", Map.of("StackName", stack))
        .get("StackResources")
        .valueStream()
        .filter(resource -> resource.get("ResourceType").asText().equals("AWS::Lambda::Version"))
        .map(resource ->
            resource.get("PhysicalResourceId").asText().replaceFirst(".*:function:", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static JsonNode configuration(String function) throws Exception {
    return aws.ask("lambda", "get_function_configuration", Map.of("FunctionName", function));
  }

  private static List<String> strings(Iterable<JsonNode> values) {
    var strings = new ArrayList<String>();
    values.forEach(value -> strings.add(value.asText()));
    return strings;
  }

  private static List<String> strings(Iterator<String> values) {
    var strings = new ArrayList<String>();
    values.forEachRemaining(strings::add);
    return strings;
  }

  /** Runs a stage's functions from the packages that were deployed to MiniStack. */
  private static void run(String stack) throws Exception {
    var resources = aws.resources(stack);
    for (var id : Decided.of(template, Map.of()).ofType("AWS::Serverless::Function").keySet()) {
      var function = aws.ask("lambda", "get_function", Map.of("FunctionName", resources.get(id)));
      var code = function.at("/Code/Location").asText().replace("//localhost:", "//127.0.0.1:");
      var zip = BUILT.resolve(id + ".zip");
      HTTP.send(HttpRequest.newBuilder(URI.create(code)).build(), BodyHandlers.ofFile(zip));
      carrier.run(id, function.get("Configuration"), zip, aws.url(), provider.baseUrl());
    }
  }

  /**
   * Creates the route and its integration from the OpenAPI body, which CloudFormation does and
   * MiniStack does not.
   */
  private static void route(String stack) throws Exception {
    var resources = aws.resources(stack);
    var processed =
        aws.ask(
            "cloudformation",
            "get_template",
            Map.of("StackName", stack, "TemplateStage", "Processed"));
    var decided = Decided.of(new Template(processed.get("TemplateBody")), Map.of());
    var paths = decided.properties("HttpApi").at("/Body/paths");
    assertEquals(List.of("/$default"), strings(paths.fieldNames()), processed.toString());
    var method = paths.get("/$default").get("x-amazon-apigateway-any-method");
    assertTrue(method.get("isDefaultRoute").asBoolean());
    var made = method.get("x-amazon-apigateway-integration");
    var uri = made.at("/uri/Fn::Sub").asText();
    assertTrue(uri.contains("${ApiFunctionAliaslive}"), uri);
    var integration =
        aws.ask(
            "apigatewayv2",
            "create_integration",
            Map.of(
                "ApiId",
                resources.get("HttpApi"),
                "IntegrationType",
                "AWS_PROXY",
                "IntegrationMethod",
                made.get("httpMethod").asText(),
                "PayloadFormatVersion",
                made.get("payloadFormatVersion").asText(),
                "TimeoutInMillis",
                made.get("timeoutInMillis").asInt(),
                "IntegrationUri",
                uri.replace("${AWS::Partition}", "aws")
                    .replace("${AWS::Region}", "us-east-1")
                    .replace("${ApiFunctionAliaslive}", resources.get("ApiFunctionAliaslive"))));
    aws.ask(
        "apigatewayv2",
        "create_route",
        Map.of(
            "ApiId",
            resources.get("HttpApi"),
            "RouteKey",
            "$default",
            "Target",
            "integrations/" + integration.get("IntegrationId").asText()));
  }

  private static String apiHost(String stack) throws Exception {
    return aws.resources(stack).get("HttpApi") + ".execute-api.localhost";
  }

  private static String urlHost(String stack) throws Exception {
    return URI.create(aws.outputs(stack).get("StreamBaseUrl")).getHost();
  }

  private static HttpResponse<String> call(String host, String path, String key, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(aws.url() + path))
            .timeout(Duration.ofSeconds(60))
            .header("host", host)
            .header("authorization", "Bearer " + key);
    if (!body.isEmpty()) {
      request
          .header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static Path written(String name, Template content) throws IOException {
    var file = BUILT.resolve(name);
    Files.writeString(file, new ObjectMapper().writeValueAsString(content.root()));
    return file;
  }
}
