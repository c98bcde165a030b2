package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.quota.DynamoQuotaTable;
import dev.chatgate.aws.usage.DynamoDayRows;
import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Calls;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.quota.admit.QuotaLedger;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.quota.reconcile.Reconciler;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.time.Pause;
import dev.chatgate.time.StoreTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Each function has exactly the permissions that it needs. The packages run with a {@link
 * CallRecorder} through every path that calls AWS. The recorded calls are compared with the
 * template's policies: a call without a permission fails the test, and so does a permission without
 * a call.
 */
class PermissionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ANSWER =
      """
      {"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\
      """;
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  private static final String CHAT = "/v1/chat/completions";
  private static final String CLIENT_SECRETS = "/v1/client_secrets";
  private static final TenantId TENANT = new TenantId("acme");

  /** Resources of the warm-up before a snapshot, whose calls stay in the process. */
  private static final Set<String> OF_THE_WARM_UP =
      Set.of("warm-up-tenants", "warm-up-quota", "warm-up-usage", "provider", "signing");

  private static final Queue<String> LOG = new ConcurrentLinkedQueue<>();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Template template;
  private static ScriptedProvider provider;
  private static LocalStack stack;
  private static DynamoDbClient dynamoDb;

  @BeforeAll
  static void start() throws IOException {
    template = Decided.of(Template.read(Repository.ROOT.resolve("template.yaml")), Map.of());
    var root = Files.createDirectories(Repository.TARGET.resolve("permissions"));
    Files.copy(
        Repository.ROOT.resolve("template.yaml"),
        root.resolve("template.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    for (var zip :
        List.of(
            "gateway/target/chatgate-gateway.zip", "reconciler/target/chatgate-reconciler.zip")) {
      withRecorder(Path.of("functions", zip), root);
    }
    provider = new ScriptedProvider();
    provider.instead(wire -> wire.json(200, ANSWER));
    var settings =
        Map.of(
            // The prefetch after a restore is included.
            "AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start",
            "JAVA_TOOL_OPTIONS", "-Dchatgate.warmup.rounds=1",
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "1",
            "UPSTREAM_API_KEY", "sk-provider",
            "UPSTREAM_BASE_URL", provider.url().toString());
    stack = LocalStack.start(LocalSettings.from(settings), root, Pacing.NONE, LOG::add);
    dynamoDb = stack.dynamoDb();
    new TenantEditor(dynamoDb, stack.tables(), new Random(1), Pause.SLEEP)
        .put(
            TenantJson.readOne(
                "{\"id\":\"acme\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_acme\"}]}"));
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
    stack.close();
    provider.close();
  }

  /** A copy of a package with one more jar in it. */
  private static void withRecorder(Path zip, Path root) throws IOException {
    var copy = root.resolve(zip);
    Files.createDirectories(copy.getParent());
    Files.copy(Repository.ROOT.resolve(zip), copy, StandardCopyOption.REPLACE_EXISTING);
    var file = CallRecorder.class.getName().replace('.', '/') + ".class";
    try (var files = new DeployablePackage(copy).open();
        InputStream recorder = CallRecorder.class.getResourceAsStream("/" + file)) {
      var jar = files.getPath("lib", "recorder.jar");
      try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
        out.putNextEntry(new ZipEntry(file));
        recorder.transferTo(out);
        out.putNextEntry(new ZipEntry(CallRecorder.REGISTRY));
        out.write(CallRecorder.class.getName().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ApiFunction", "StreamFunction"})
  void aDoorHasExactlyThePermissionsThatItUses(String function) throws Exception {
    var door = function.equals("ApiFunction") ? stack.apiUrl() : stack.streamUrl();

    // Acme's key may have been prefetched.
    assertEquals(401, call(door, "/v1/models", "cg_unknown").statusCode());
    assertEquals(200, call(door, "/v1/models").statusCode());
    assertEquals(200, call(door, CHAT).statusCode());
    var minted = call(door, CLIENT_SECRETS);
    assertEquals(200, minted.statusCode(), minted.body());
    settleLate(door);
    assertEquals(200, call(door, "/v1/usage").statusCode());
    // Output is in order: after the last call's line, all recorded calls have been printed.
    await(() -> printed(function, "Query|" + stack.tables().usage()));

    assertEquals(allowed(function), called(function));
  }

  @Test
  void theReconcilerHasExactlyThePermissionsThatItUses() {
    var twoDaysAgo = Clock.offset(Clock.systemUTC(), Duration.ofDays(-2));
    var claim =
        Calls.claim(
            new Random(1),
            new TenantId("dead"),
            Calls.limits().quota(),
            1000,
            twoDaysAgo.instant().plusSeconds(10));
    var ledger =
        new QuotaLedger(
            quota(),
            records(),
            StoreTime.trusted(twoDaysAgo),
            new Random(1),
            Pause.SLEEP,
            LedgerListener.NONE);
    assertInstanceOf(Admission.Granted.class, ledger.admit(claim));

    stack.reconcile();
    await(() -> printed("ReconcilerFunction", "\"kind\":\"reconciliation\""));

    assertEquals(allowed("ReconcilerFunction"), called("ReconcilerFunction"));
  }

  /**
   * A call that is settled as an orphan while it is still running. When it ends, it finds the
   * orphan's record and writes a correction.
   */
  private static void settleLate(String door) throws Exception {
    await(() -> inFlight() == 0);
    var over = new CountDownLatch(1);
    provider.instead(wire -> wire.await(over).json(200, ANSWER));
    try (var others = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = others.submit(() -> call(door, CHAT));
      await(() -> inFlight() == 1);
      var inAnHour = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
      var run =
          new Reconciler(
                  quota(),
                  records(),
                  new DynamoDayRows(dynamoDb, stack.tables()),
                  inAnHour,
                  new Random(1),
                  Pause.SLEEP)
              .run(inAnHour.instant().plusSeconds(30));
      over.countDown();
      assertEquals(1, run.orphaned(), run.toString());
      assertEquals(200, answer.get().statusCode());
    } finally {
      over.countDown();
      provider.instead(wire -> wire.json(200, ANSWER));
    }
  }

  private static long inFlight() {
    return quota().read(QuotaKey.of(TENANT)).number("n");
  }

  private static DynamoQuotaTable quota() {
    return new DynamoQuotaTable(dynamoDb, stack.tables(), PATIENCE);
  }

  private static DynamoUsageRecords records() {
    return new DynamoUsageRecords(dynamoDb, stack.tables(), PATIENCE, Duration.ofDays(1));
  }

  private static HttpResponse<String> call(String door, String path) throws Exception {
    return call(door, path, "cg_acme");
  }

  private static HttpResponse<String> call(String door, String path, String key) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(door + path))
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + key);
    if (path.equals(CHAT) || path.equals(CLIENT_SECRETS)) {
      request
          .header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(path.equals(CHAT) ? BODY : "{}"));
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static boolean printed(String function, String text) {
    return LOG.stream().anyMatch(line -> line.startsWith(function + "-") && line.contains(text));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(LOG.toString());
      }
    }
  }

  /** A function's recorded calls, as actions and resources of policies. */
  private static Set<String> called(String function) {
    var calls = new TreeSet<String>();
    for (var line : LOG) {
      int mark = line.indexOf(CallRecorder.MARK);
      if (mark >= 0 && line.startsWith(function + "-")) {
        var call = line.substring(mark + CallRecorder.MARK.length()).split("\\|", -1);
        if (!OF_THE_WARM_UP.contains(call[2])) {
          var service = call[0].replace(" ", "").toLowerCase(Locale.ROOT);
          calls.add(service + ":" + call[1] + " " + logical(call[2]));
        }
      }
    }
    return calls;
  }

  /** The template's logical name of a resource of the local stack. */
  private static String logical(String name) {
    var tables = stack.tables();
    return name.replaceFirst("^" + tables.tenants() + "\\b", "TenantsTable")
        .replaceFirst("^" + tables.quota() + "\\b", "QuotaTable")
        .replaceFirst("^" + tables.usage() + "\\b", "UsageTable")
        .replaceFirst("^" + stack.secretName() + "$", "ProviderSecret")
        .replaceFirst("^" + stack.signingSecretName() + "$", "SigningSecret");
  }

  /**
   * The actions and resources that the template's policies allow a function. Writing to its log is
   * Lambda's, not the function's own call.
   */
  private static Set<String> allowed(String function) {
    var allowed = new TreeSet<String>();
    for (var statement : template.statements(function + "Role")) {
      assertEquals("Allow", statement.get("Effect").asText());
      for (var action : each(statement.get("Action"))) {
        for (var resource : each(statement.get("Resource"))) {
          if (!action.asText().startsWith("logs:")) {
            allowed.add(action.asText() + " " + resource(resource));
          }
        }
      }
    }
    return allowed;
  }

  private static Iterable<JsonNode> each(JsonNode oneOrMore) {
    return oneOrMore.isArray() ? oneOrMore : List.of(oneOrMore);
  }

  private static String resource(JsonNode resource) {
    if (resource.has("Ref")) {
      return resource.get("Ref").asText();
    }
    return resource.has("Fn::GetAtt")
        ? resource.get("Fn::GetAtt").asText().replaceFirst("\\.Arn$", "")
        : resource.get("Fn::Sub").asText().replaceFirst("^\\$\\{(\\w+)\\.Arn}", "$1");
  }
}
