package dev.chatgate.local.e2e;

import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.audit.Audit;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Calls through the packages of this tree and those of another commit, at both doors in turns, on
 * the same tables; then both reconcilers, and an audit. {@code .ci/mixed} starts it.
 */
final class MixedReleases {
  private static final int CALLS = 400;
  private static final int CALLERS = 8;
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Calls of one person through both releases, far more than the person's limit. */
  private static final int CALLS_OF_A_PERSON = 40;

  private static final int PERSONS_LIMIT = 5;

  /** The items of the second have what neither release knows. */
  private static final List<String> TENANTS = List.of("plain", "later");

  /**
   * A tenant that requires an end user, and a key of another tenant that may only mint: no call of
   * theirs below may be answered.
   */
  private static final Map<String, String> NARROWED =
      Map.of(
          "cg_narrowed",
          """
          {"id":"narrowed","keys":[{"name":"k","secret":"cg_narrowed"}],"require_end_user":true}
          """,
          "cg_minting",
          """
          {"id":"minting","keys":[{"name":"k","secret":"cg_minting","scopes":["client_secrets"]}]}
          """);

  /** A tenant with a limit for each person. */
  private static final String TIERED =
      """
      {"id":"tiered","end_user_tiers":{"default":{"max_concurrent_requests":20,
       "requests_per_minute":%d}},
       "keys":[{"name":"k","secret":"cg_tiered","scopes":["calls","end_user_header"]}]}
      """
          .formatted(PERSONS_LIMIT);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final DynamoDbClient dynamoDb;
  private final Tables tables;
  private final List<String> problems = new ArrayList<>();

  private MixedReleases(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.tables = tables;
  }

  /** Arguments: the folder of this tree, and that of the other commit; both have their packages. */
  public static void main(String[] folders) throws Exception {
    var settings =
        LocalSettings.from(
            Map.of(
                "CHATGATE_API_PORT", "0",
                "CHATGATE_STREAM_PORT", "0",
                "CHATGATE_AWS_PORT", "0",
                "CHATGATE_RECONCILE_SECONDS", "0",
                "CHATGATE_INSTANCES", "2"));
    List<String> problems;
    try (var stack =
            LocalStack.start(settings, Path.of(folders[0]), Pacing.NONE, MixedReleases::ignore);
        var base = stack.beside(Path.of(folders[1]));
        var dynamoDb = stack.dynamoDb()) {
      var run = new MixedReleases(dynamoDb, stack.tables());
      run.makeTenants();
      run.call(List.of(stack.apiUrl(), base.apiUrl(), stack.streamUrl(), base.streamUrl()));
      run.callForAPerson(
          List.of(stack.apiUrl(), stack.streamUrl()), List.of(base.apiUrl(), base.streamUrl()));
      run.expectRefusals(List.of(stack.apiUrl(), stack.streamUrl()), "this tree");
      run.expectRefusals(List.of(base.apiUrl(), base.streamUrl()), "the other release");
      run.awaitSettled();
      System.out.println("base: " + base.reconcile());
      System.out.println("tree: " + stack.reconcile());
      run.audit();
      problems = run.problems;
    }
    problems.forEach(System.err::println);
    System.out.println(
        problems.isEmpty() ? CALLS + " calls, no difference." : problems.size() + " problems.");
    System.exit(problems.isEmpty() ? 0 : 1);
  }

  private static void ignore(String line) {}

  private void makeTenants() {
    var editor = new TenantEditor(dynamoDb, tables, new Random(1), Pause.SLEEP);
    for (var tenant : TENANTS) {
      editor.put(
          TenantJson.readOne(
              """
              {"id":"%s","keys":[{"name":"k","secret":"cg_%s"}],
               "quota":{"requests_per_minute":100000,"tokens_per_minute":100000000,
                        "tokens_per_day":1000000000,"max_concurrent_requests":1000}}
              """
                  .formatted(tenant, tenant)));
    }
    editor.put(TenantJson.readOne(TIERED));
    NARROWED.values().forEach(tenant -> editor.put(TenantJson.readOne(tenant)));
    dynamoDb.scan(scan -> scan.tableName(tables.tenants())).items().stream()
        .filter(item -> item.toString().contains("later"))
        .forEach(this::addWhatIsNotKnown);
    add(
        tables.quota(),
        Map.of("pk", AttributeValue.fromS("later#0")),
        Map.of("later_sum", AttributeValue.fromS("x")));
  }

  private void addWhatIsNotKnown(Map<String, AttributeValue> item) {
    var more =
        new HashMap<>(
            Map.of("later_map", AttributeValue.fromM(Map.of("a", AttributeValue.fromBool(true)))));
    var config = item.get("config");
    if (config != null) {
      var changed = config.s().replaceFirst("\\{", "{\"later\":{\"deep\":[1,null]},");
      more.put(
          "config",
          AttributeValue.fromS(changed.replaceFirst("\"quota\":\\{", "\"quota\":{\"later\":1,")));
    }
    var key = new HashMap<>(item);
    key.keySet().retainAll(List.of(Tables.HASH_KEY, Tables.RANGE_KEY));
    add(tables.tenants(), key, more);
  }

  private void add(
      String table, Map<String, AttributeValue> key, Map<String, AttributeValue> attributes) {
    attributes.forEach((name, value) ->
        dynamoDb.updateItem(update ->
            update
                .tableName(table)
                .key(key)
                .updateExpression("SET #name = :value")
                .expressionAttributeNames(Map.of("#name", name))
                .expressionAttributeValues(Map.of(":value", value))));
  }

  private void call(List<String> doors) throws Exception {
    var calls = new ArrayList<Callable<String>>();
    for (int i = 0; i < CALLS; i++) {
      var door = doors.get(i % doors.size());
      var tenant = TENANTS.get(i / doors.size() % TENANTS.size());
      boolean stream = i / doors.size() / TENANTS.size() % 2 == 0;
      calls.add(() -> call(door, tenant, stream));
    }
    try (var callers = Executors.newFixedThreadPool(CALLERS)) {
      for (var outcome : callers.invokeAll(calls)) {
        if (!outcome.get().isEmpty()) {
          problems.add(outcome.get());
        }
      }
    }
  }

  /** What went wrong, or nothing. */
  private String call(String door, String tenant, boolean stream) throws Exception {
    var answer = post(door, "cg_" + tenant, stream);
    return answer.statusCode() == 200
        ? ""
        : door + " " + tenant + ": " + answer.statusCode() + " " + answer.body();
  }

  /**
   * Calls for one person through both releases at once. A release without tiers must refuse all of
   * these calls, or the person would have no limit there.
   */
  private void callForAPerson(List<String> tree, List<String> base) throws Exception {
    var began = Instant.now();
    var calls = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < CALLS_OF_A_PERSON; i++) {
      for (var doors : List.of(tree, base)) {
        var door = doors.get(i % doors.size());
        calls.add(() -> post(door, "cg_tiered", false).statusCode());
      }
    }
    var statuses = new ArrayList<Map<Integer, Integer>>(List.of(new TreeMap<>(), new TreeMap<>()));
    try (var callers = Executors.newFixedThreadPool(CALLERS)) {
      var outcomes = callers.invokeAll(calls);
      for (int i = 0; i < outcomes.size(); i++) {
        statuses.get(i % 2).merge(outcomes.get(i).get(), 1, Integer::sum);
      }
    }
    System.out.println(
        "a person's calls: this tree "
            + statuses.get(0)
            + ", the other release "
            + statuses.get(1));
    double minutes = Duration.between(began, Instant.now()).toMillis() / 60_000.0 + 0.25 / 60;
    int answered = statuses.stream().mapToInt(seen -> seen.getOrDefault(200, 0)).sum();
    if (answered < PERSONS_LIMIT || answered > PERSONS_LIMIT * (1 + minutes)) {
      problems.add(answered + " calls of a person were answered in " + minutes + " minutes");
    }
    statuses.get(0).keySet().removeAll(List.of(200, 429));
    statuses.get(1).keySet().removeAll(List.of(200, 429, 503));
    statuses.forEach(odd ->
        odd.forEach(
            (status, count) -> problems.add(count + " calls of a person ended in " + status)));
  }

  /** A release that does not know a narrowing must refuse the call and not ignore the narrowing. */
  private void expectRefusals(List<String> doors, String release) throws Exception {
    for (var door : doors) {
      for (var key : NARROWED.keySet()) {
        int status = post(door, key, false).statusCode();
        System.out.println(release + ", " + key + ": " + status);
        if (status != 403 && status != 503) {
          problems.add(release + " answered a call with " + key + " with " + status);
        }
      }
    }
  }

  private HttpResponse<String> post(String door, String key, boolean stream) throws Exception {
    var body =
        """
        {"model":"local/chat","stream":%s,"max_tokens":20,
         "messages":[{"role":"user","content":"hello"}]}
        """
            .formatted(stream);
    var request =
        HttpRequest.newBuilder(URI.create(door + "/openai/v1/chat/completions"))
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .header("x-chatgate-end-user", "ann")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  /** A streamed call settles after its last byte. */
  private void awaitSettled() {
    var giveUpAt = Instant.now().plus(PATIENCE);
    for (var tenant : TENANTS) {
      var key = QuotaKey.of(new TenantId(tenant));
      while (quota().read(key).number("n") > 0 && Instant.now().isBefore(giveUpAt)) {
        Pause.SLEEP.pause(Duration.ofMillis(100));
      }
    }
  }

  private DynamoQuotaTable quota() {
    return new DynamoQuotaTable(dynamoDb, tables, ATTEMPT);
  }

  private void audit() {
    var records = new DynamoUsageRecords(dynamoDb, tables, ATTEMPT, DynamoUsageRecords.KEPT_FOR);
    var audit =
        new Audit(
            quota(),
            records,
            new DynamoDayRows(dynamoDb, tables),
            new StoreClock(InstantSource.system(), _ -> {}),
            Pause.SLEEP,
            DynamoUsageRecords.KEPT_FOR,
            Duration.ofMinutes(10));
    long recorded = 0;
    for (var tenant : TENANTS) {
      var id = new TenantId(tenant);
      audit.differences(id).forEach(difference -> problems.add(difference.toString()));
      var counted = new ArrayList<String>();
      var day = Duration.ofDays(1);
      records.forEach(
          id,
          Instant.now().minus(day),
          Instant.now().plus(day),
          record -> counted.add(record.key().id()));
      recorded += counted.size();
    }
    if (recorded != CALLS) {
      problems.add(recorded + " records of " + CALLS + " calls");
    }
    var later =
        dynamoDb
            .getItem(get ->
                get.tableName(tables.quota()).key(Map.of("pk", AttributeValue.fromS("later#0"))))
            .item();
    if (!later.containsKey("later_sum")) {
      problems.add("an attribute that is not known was removed");
    }
  }
}
