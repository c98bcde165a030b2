package dev.chatgate.bench.crash;

import dev.chatgate.local.LocalStack;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Load for the crash test: concurrent callers at both doors, with plain and streamed calls, that
 * continue after any failure until {@link #end}.
 */
final class CrashTestLoad {
  /** Number of tenants. */
  static final int TENANTS = 3;

  /** The first tenants have tiers, and each of their calls is for one of some persons. */
  private static final int TENANTS_WITH_TIERS = 2;

  private static final List<String> PERSONS = List.of("ann", "ben", "cleo", "dora");

  /** A price, so that cost is counted too. */
  static final String PRICES =
      """
      [{"model":"local/chat","from":"2020-01-01","prompt_usd_per_million":0.5,\
      "completion_usd_per_million":1.5}]
      """;

  private static final int CALLERS = 8;

  private final List<Thread> callers = new ArrayList<>();
  private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
  private final Queue<String> answered = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  private CrashTestLoad() {}

  /** Creates tenants and tiers with every kind of limit, which this load does not reach. */
  static String tenants() {
    var quota =
        """
        {"requests_per_minute":6000,"tokens_per_minute":10000000,"tokens_per_day":100000000,\
        "tokens_per_month":1000000000,"cost_per_month_usd":1000,"max_concurrent_requests":100}\
        """;
    return IntStream.range(0, TENANTS)
        .mapToObj(i ->
            """
            {"id":"%s","status":"active","quota":%s,%s"keys":[\
            {"name":"crash-test","secret":"%s","scopes":["calls","end_user_header"]}]}\
            """
                .formatted(
                    tenant(i),
                    quota,
                    hasTiers(i) ? "\"end_user_tiers\":{\"default\":" + quota + "}," : "",
                    key(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static boolean hasTiers(int tenant) {
    return tenant < TENANTS_WITH_TIERS;
  }

  /** The persons of all tenants, as keys of their quota items. */
  static List<QuotaKey> persons() {
    return IntStream.range(0, TENANTS_WITH_TIERS)
        .mapToObj(CrashTestLoad::tenant)
        .flatMap(tenant ->
            PERSONS.stream().map(person -> QuotaKey.of(new TenantId(tenant), new EndUser(person))))
        .toList();
  }

  /** A tenant's name. */
  static String tenant(int number) {
    return "crash-test-" + number;
  }

  private static String key(int number) {
    return "cg_crash_test_" + number;
  }

  /** Starts the callers. */
  static CrashTestLoad start(LocalStack stack, long seed) {
    var load = new CrashTestLoad();
    for (int caller = 0; caller < CALLERS; caller++) {
      var random = new Random(seed + caller);
      load.callers.add(Thread.ofVirtual().start(() -> load.callUntilOver(stack, random)));
    }
    return load;
  }

  /** Stops the callers and waits until each has finished its call. */
  void end() throws InterruptedException {
    over = true;
    for (var caller : callers) {
      caller.join();
    }
  }

  /**
   * Makes one more call for each person. It settles what a call left that died after it was held
   * for the person and before it was held for the tenant: the reconciler does not see such a call.
   */
  void callForEachPerson(LocalStack stack) {
    for (int tenant = 0; tenant < TENANTS_WITH_TIERS; tenant++) {
      for (var person : PERSONS) {
        count(stack, true, false, tenant, Optional.of(person));
      }
    }
  }

  /** Number of calls by outcome. */
  Map<String, Long> ends() {
    var counts = new TreeMap<String, Long>();
    ends.forEach((end, count) -> counts.put(end, count.sum()));
    return counts;
  }

  /** Request ids of calls that were answered completely with 200. */
  List<String> answered() {
    return List.copyOf(answered);
  }

  private void callUntilOver(LocalStack stack, RandomGenerator random) {
    while (!over) {
      boolean atStreamDoor = random.nextBoolean();
      boolean stream = random.nextBoolean();
      int tenant = random.nextInt(TENANTS);
      var person = PERSONS.get(random.nextInt(PERSONS.size()));
      count(
          stack,
          atStreamDoor,
          stream,
          tenant,
          hasTiers(tenant) ? Optional.of(person) : Optional.empty());
    }
  }

  private void count(
      LocalStack stack,
      boolean atStreamDoor,
      boolean stream,
      int tenant,
      Optional<String> endUser) {
    var door = atStreamDoor ? stack.streamUrl() : stack.apiUrl();
    var client = new ChatClient(door + "/openai/v1", key(tenant), endUser);
    var way = (atStreamDoor ? "stream door, " : "api door, ") + (stream ? "streamed" : "plain");
    ends.computeIfAbsent(way + ": " + call(client, stream), _ -> new LongAdder()).increment();
  }

  private String call(ChatClient client, boolean stream) {
    try {
      return client.post(body(stream), (status, id, body) -> taken(status, id, stream, text(body)));
    } catch (IOException e) {
      return "broken off";
    }
  }

  private String taken(int status, String requestId, boolean stream, String text) {
    if (status != 200) {
      return "status " + status;
    }
    if (stream && !text.endsWith("data: [DONE]\n\n")) {
      return "status 200, an error in the stream";
    }
    answered.add(requestId);
    return "answered";
  }

  private static String text(InputStream body) throws IOException {
    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String body(boolean stream) {
    return """
    {"model":"local/chat","max_tokens":200,"stream":%b,\
    "messages":[{"role":"user","content":"Say something while you live."}]}\
    """
        .formatted(stream);
  }
}
