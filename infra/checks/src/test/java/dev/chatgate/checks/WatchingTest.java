package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.quota.Refusal;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.telemetry.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares alarms and dashboard with the published metrics, because CloudWatch accepts an alarm on
 * a metric that does not exist.
 */
class WatchingTest {
  private static final Set<Metric> RECONCILERS =
      EnumSet.of(Metric.RUNS, Metric.ORPHANS, Metric.UNFINISHED);
  private static final Set<String> DOORS = Set.of("${ApiFunction}", "${StreamFunction}");
  private static final Set<String> FUNCTIONS =
      Set.of("${ApiFunction}", "${StreamFunction}", "${ReconcilerFunction}");
  private static final Set<String> TABLES =
      Set.of("${TenantsTable}", "${QuotaTable}", "${UsageTable}");
  private static final Map<String, Set<String>> BY_FUNCTION = Map.of("FunctionName", FUNCTIONS);
  private static final Map<String, Set<String>> BY_TABLE = Map.of("TableName", TABLES);

  /** AWS's metrics: namespace and name, with each set of dimensions and their possible values. */
  private static final Map<String, List<Map<String, Set<String>>>> AWS =
      Map.ofEntries(
          Map.entry("AWS/ApiGateway Count", List.of(Map.of("ApiId", Set.of("${HttpApi}")))),
          Map.entry("AWS/ApiGateway 5xx", List.of(Map.of("ApiId", Set.of("${HttpApi}")))),
          Map.entry("AWS/Lambda Errors", List.of(BY_FUNCTION, byAlias())),
          Map.entry("AWS/Lambda Throttles", List.of(BY_FUNCTION)),
          Map.entry("AWS/Lambda Duration", List.of(BY_FUNCTION)),
          Map.entry("AWS/Lambda ConcurrentExecutions", List.of(BY_FUNCTION)),
          Map.entry("AWS/Lambda ClaimedAccountConcurrency", List.of(Map.of())),
          Map.entry("AWS/Events TriggeredRules", List.of(byRule())),
          Map.entry("AWS/Lambda UrlRequestCount", List.of(byUrl())),
          Map.entry("AWS/Lambda Url5xxCount", List.of(byUrl())),
          Map.entry("AWS/DynamoDB ReadThrottleEvents", List.of(BY_TABLE, byIndex())),
          Map.entry("AWS/DynamoDB WriteThrottleEvents", List.of(BY_TABLE, byIndex())),
          Map.entry(
              "AWS/DynamoDB SuccessfulRequestLatency",
              List.of(
                  Map.of(
                      "TableName",
                      TABLES,
                      "Operation",
                      Set.of("GetItem", "PutItem", "UpdateItem", "Query")))));

  private final Template source = Template.read(Repository.ROOT.resolve("template.yaml"));

  /** With the alarm that is off by default. */
  private final Template template = Decided.of(source, Map.of("SpendAlarmUsdPerHour", "1"));

  WatchingTest() throws IOException {}

  private static Map<String, Set<String>> byUrl() {
    return Map.of("FunctionName", Set.of("${StreamFunction}"));
  }

  private static Map<String, Set<String>> byRule() {
    return Map.of("RuleName", Set.of("${ReconcilerFunctionEveryMinute}"));
  }

  private static Map<String, Set<String>> byAlias() {
    return Map.of(
        "FunctionName",
        FUNCTIONS,
        "Resource",
        FUNCTIONS.stream().map(name -> name + ":live").collect(Collectors.toSet()));
  }

  private static Map<String, Set<String>> byIndex() {
    return Map.of("TableName", Set.of("${QuotaTable}"), "GlobalSecondaryIndexName", Set.of("due"));
  }

  @Test
  void everyMetricInAlarmsAndDashboardIsPublished() throws IOException {
    var watched = Watched.in(template);
    assertTrue(watched.size() > 50, watched.size() + " found");
    watched.forEach(one -> assertTrue(isPublished(one), one.toString()));
  }

  private boolean isPublished(Watched one) {
    return switch (one.namespace()) {
      case Metric.NAMESPACE -> isOurs(one);
      case "Chatgate/${AWS::StackName}" -> one.dimensions().isEmpty() && isFiltered(one);
      default ->
          AWS.getOrDefault(one.namespace() + " " + one.metric(), List.of()).stream()
              .anyMatch(sets -> fits(one.dimensions(), sets));
    };
  }

  private static boolean isOurs(Watched one) {
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.wireName().equals(one.metric()))
        .anyMatch(metric -> fits(one.dimensions(), seriesOf(metric)));
  }

  private static Map<String, Set<String>> seriesOf(Metric metric) {
    var functions = RECONCILERS.contains(metric) ? Set.of("${ReconcilerFunction}") : DOORS;
    return switch (metric.dimensions()) {
      case FUNCTION -> Map.of("FunctionName", functions);
      case CODE -> Map.of("FunctionName", functions, "code", codes());
      case LIMIT -> Map.of("FunctionName", functions, "limit", limits());
      case LIMIT_SCOPE ->
          Map.of(
              "FunctionName",
              functions,
              "limit_scope",
              Arrays.stream(Refusal.Scope.values())
                  .map(Refusal.Scope::wireName)
                  .collect(Collectors.toSet()));
      case TENANT -> throw new IllegalArgumentException(metric + " is by tenant only");
    };
  }

  private static Set<String> codes() {
    return Stream.concat(
            Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName),
            Stream.of("provider_refused", "*"))
        .collect(Collectors.toSet());
  }

  private static Set<String> limits() {
    return Stream.concat(
            Limits.ALL.rules().stream().map(rule -> rule.limit().key()), Stream.of("*"))
        .collect(Collectors.toSet());
  }

  private boolean isFiltered(Watched one) {
    return template.ofType("AWS::Logs::MetricFilter").values().stream()
        .map(filter -> filter.at("/MetricTransformations/0"))
        .anyMatch(made ->
            made.get("MetricName").asText().equals(one.metric())
                && made.at("/MetricNamespace/Fn::Sub").asText().equals(one.namespace()));
  }

  private static boolean fits(Map<String, String> asked, Map<String, Set<String>> published) {
    return asked.keySet().equals(published.keySet())
        && asked.entrySet().stream()
            .allMatch(
                one -> published.getOrDefault(one.getKey(), Set.of()).contains(one.getValue()));
  }

  @Test
  void everyMetricOfTheCodeIsInAnAlarmOrOnTheDashboard() throws IOException {
    var seen =
        Watched.in(template).stream()
            .filter(one -> one.namespace().equals(Metric.NAMESPACE))
            .map(Watched::metric)
            .collect(Collectors.toSet());
    for (var metric : Metric.values()) {
      assertTrue(seen.contains(metric.wireName()), metric + " is neither in an alarm nor shown");
    }
  }

  @Test
  void everyMetricIsPublishedByTheFunctionInItsDimension() throws IOException {
    var doors = sources("functions/gateway/src/main/java");
    var reconciler = sources("functions/reconciler/src/main/java");
    for (var metric : Metric.values()) {
      var writer = RECONCILERS.contains(metric) ? reconciler : doors;
      assertTrue(writer.contains("Metric." + metric.name()), metric + " is not published");
    }
  }

  private static String sources(String folder) throws IOException {
    try (var files = Files.walk(Repository.ROOT.resolve(folder))) {
      var all = new StringBuilder();
      for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    }
  }

  @Test
  void everyAlarmHasAnActionOrIsPartOfOneThatHas() {
    var composite = template.ofType("AWS::CloudWatch::CompositeAlarm");
    var rules = composite.toString();
    var silent = new TreeSet<String>();
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> {
          assertEquals(rules.contains("${" + name + "}"), !alarm.has("AlarmActions"), name);
          if (!alarm.has("AlarmActions")) {
            silent.add(name);
          }
        });
    assertEquals(3, silent.size(), silent.toString());
    composite.forEach((name, alarm) -> assertTrue(alarm.has("AlarmActions"), name));
  }

  @Test
  void whoHearsOfAnAlarmHearsOfItsEnd() {
    for (var type : List.of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")) {
      template
          .ofType(type)
          .forEach((name, alarm) ->
              assertEquals(alarm.get("AlarmActions"), alarm.get("OKActions"), name));
    }
  }

  @Test
  void everyAlarmDefinesTheMeaningOfMissingData() {
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> {
          var missing = alarm.path("TreatMissingData").asText();
          assertTrue(Set.of("notBreaching", "missing").contains(missing), name);
          // Else nobody would hear that the data are missing.
          assertEquals(missing.equals("missing"), alarm.has("InsufficientDataActions"), name);
        });
  }

  /**
   * In a new stack there are no data before the first run, minutes after the alarm was made. If
   * missing data were breaching, each first deployment would begin with this alarm.
   */
  @Test
  void theReconcilersAlarmNeedsASignOfLife() {
    var alarm = template.properties("ReconcilerSilentAlarm");

    assertEquals("missing", alarm.get("TreatMissingData").asText());
    assertEquals("SUM([runs, zero])", alarm.at("/Metrics/0/Expression").asText());
    assertEquals("0 * fired", alarm.at("/Metrics/1/Expression").asText());
    assertEquals("TriggeredRules", alarm.at("/Metrics/3/MetricStat/Metric/MetricName").asText());
  }

  @Test
  void expressionsUseExactlyTheFetchedMetrics() {
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) ->
            alarm
                .path("Metrics")
                .valueStream()
                .forEach(metric -> {
                  var id = metric.get("Id").asText();
                  boolean isUsed =
                      alarm
                          .path("Metrics")
                          .valueStream()
                          .map(other -> other.path("Expression").toString())
                          .anyMatch(expression ->
                              Pattern.compile("\\b" + id + "\\b").matcher(expression).find());
                  assertTrue(isUsed || metric.get("ReturnData").asBoolean(), name + " " + id);
                }));
  }

  @Test
  void aMetricWithoutDataDoesNotSuppressASum() {
    Template.everywhere(template.resources(), "Expression")
        .forEach(
            expression -> assertFalse(expression.asText().contains("FILL"), expression::asText));
  }

  @Test
  void everyAlarmHasItsRowInTheGuide() throws IOException {
    var guide = Files.readString(Repository.ROOT.resolve("infra/README.md"));
    var alarms = new TreeSet<>(template.ofType("AWS::CloudWatch::Alarm").keySet());
    alarms.addAll(template.ofType("AWS::CloudWatch::CompositeAlarm").keySet());
    var rows =
        Pattern.compile("(?m)^\\| `(\\w+Alarm)` \\|")
            .matcher(guide)
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(alarms, rows);
  }

  @Test
  void everyMetricHasItsRowInTheGuide() throws IOException {
    var guide = Files.readString(Repository.ROOT.resolve("infra/README.md"));
    for (var metric : Metric.values()) {
      var row =
          "(?m)^\\|.*`"
              + Pattern.quote(metric.wireName())
              + "`.*\\| "
              + metric.unit().wireName()
              + " \\|";
      assertTrue(
          Pattern.compile(row).matcher(guide).find(),
          "infra/README.md, table of metrics, has no row with `%s` and unit %s"
              .formatted(metric.wireName(), metric.unit().wireName()));
    }
  }

  private List<JsonNode> filters(String begin) {
    return template.ofType("AWS::Logs::MetricFilter").values().stream()
        .filter(filter -> filter.get("FilterPattern").asText().startsWith(begin))
        .toList();
  }

  /** The line is from AWS's page about errors of SnapStart. */
  @Test
  void aRestoreThatTakesTooLongIsCountedAndNoCallersTextIs() throws Exception {
    var line =
        """
        {"cause":"Lambda couldn't restore the snapshot within the timeout limit. (Service: Lambda, \
        Status Code: 408, Request ID: 11a222c3-410f-427c-ab22-931d6bcbf4f2)",\
        "error":"Lambda.SnapStartTimeoutException"}\
        """;
    var error = new ObjectMapper().readTree(line).get("error").asText();
    var groups = new TreeSet<String>();
    for (var filter : filters("{")) {
      var pattern = filter.get("FilterPattern").asText();
      var parts = Pattern.compile("\\{ \\$\\.error = \"([\\w.]+)\\*\" }").matcher(pattern);
      assertTrue(parts.matches() && error.startsWith(parts.group(1)), pattern);
      groups.add(filter.at("/LogGroupName/Ref").asText());
    }
    assertEquals(template.ofType("AWS::Logs::LogGroup").keySet(), groups);
    var written =
        Pattern.compile("text\\(\"error\", ([^)]*)")
            .matcher(
                sources("functions/gateway/src/main/java")
                    + sources("functions/reconciler/src/main/java"))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertEquals(List.of("defect.getClass("), written, "a field that filters read");
  }

  @Test
  void theRestoreFilterMatchesFailedRestoresAndNoCallersText() {
    var filters = filters("%");
    assertEquals(3, filters.size());
    for (JsonNode filter : filters) {
      var text = filter.get("FilterPattern").asText();
      var pattern = Pattern.compile(text.substring(1, text.length() - 1));
      for (var found :
          List.of(
              "RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout",
              "RESTORE_REPORT Restore Duration: 21.7 ms Status: error Error Type: Runtime.ExitError",
              "chatgate-streaming FATAL Runtime.AfterRestoreError: hook")) {
        assertTrue(pattern.matcher(found).find(), found);
      }
      for (var other :
          List.of(
              "RESTORE_REPORT Restore Duration: 415.35 ms",
              "RESTORE_START Runtime Version: java:25.v1",
              "{\"kind\":\"call\",\"client_request_id\":\"RESTORE_REPORTStatus\"}")) {
        assertFalse(pattern.matcher(other).find(), other);
      }
      // Syntax that CloudWatch's filters do not support.
      assertFalse(Pattern.compile("[() ]").matcher(text).find(), text);
    }
  }

  @Test
  void theDashboardHasNoGaps() throws IOException {
    var taken = new TreeSet<String>();
    for (var widget : Watched.widgets(template)) {
      for (int x = 0; x < widget.get("width").asInt(); x++) {
        var cell = (widget.get("x").asInt() + x) + "," + widget.get("y").asInt();
        assertTrue(taken.add(cell), "two widgets at " + cell);
      }
    }
    assertEquals(0, taken.size() % 24, "the grid is 24 wide");
  }
}
