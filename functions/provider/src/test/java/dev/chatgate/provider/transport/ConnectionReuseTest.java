package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.Compressed;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.Questions;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.TestIdentity;
import dev.chatgate.testkit.Wire;
import dev.chatgate.usage.Consumption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls of several tenants over one pool of connections, at a provider that adds bytes, cuts
 * answers and lies about lengths. Every answer belongs to its question, and a call whose own answer
 * is good gets it, whatever happened to others on its connection.
 *
 * <p>{@code -Dchatgate.reuse.schedules=100000} makes so many schedules, however long they take;
 * {@code -Dchatgate.reuse.seed} repeats them.
 *
 * <p>Not among the faults: bytes that come between the client's last look at a connection and the
 * answer to the request that follows. Nothing on the wire tells them from an answer.
 */
class ConnectionReuseTest {
  private static final String DONE = "data: [DONE]\n\n";
  private static final Pattern ANSWERED = Pattern.compile("answer (\\d+)\\.");
  private static final int SCHEDULES_A_POOL = 500;
  private static final int SCHEDULES_OVER_TLS = 150;

  /** As many as fit into the time of an ordinary build, unless a number is asked for. */
  private static final int SCHEDULES = Integer.getInteger("chatgate.reuse.schedules", 30_000);

  private static final boolean NUMBER_IS_GIVEN =
      System.getProperty("chatgate.reuse.schedules") != null;
  private static final Duration ORDINARY = Duration.ofSeconds(20);

  /** What the provider does wrong with an answer. */
  private enum Fault {
    NONE(30),
    SURPLUS(20),
    SURPLUS_IN_ANOTHER_WRITE(10),
    LATE_SURPLUS(20),
    UNAVAILABLE_WITH_SURPLUS(5),
    SHORT_LENGTH(8),
    LONG_LENGTH(8),
    BAD_CHUNK(5),
    CUT_BY_RESET(5),
    RESET_BEFORE_THE_ANSWER(5);

    private final int weight;

    Fault(int weight) {
      this.weight = weight;
    }

    /** Whether the call's own answer is whole. */
    boolean isHarmless() {
      return switch (this) {
        case NONE, SURPLUS, SURPLUS_IN_ANOTHER_WRITE, LATE_SURPLUS, UNAVAILABLE_WITH_SURPLUS ->
            true;
        case SHORT_LENGTH, LONG_LENGTH, BAD_CHUNK, CUT_BY_RESET, RESET_BEFORE_THE_ANSWER -> false;
      };
    }
  }

  /** How one question is answered. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(
      boolean stream, boolean chunked, boolean gzip, Fault fault, int place, byte[] surplus) {

    static Plan random(Random random) {
      return new Plan(
          random.nextBoolean(),
          random.nextBoolean(),
          random.nextInt(4) == 0,
          fault(random),
          random.nextInt(1_000_000),
          surplus(random));
    }

    Plan with(Fault other) {
      return new Plan(stream, chunked, gzip, other, place, surplus);
    }

    private static Fault fault(Random random) {
      int left = random.nextInt(Arrays.stream(Fault.values()).mapToInt(f -> f.weight).sum());
      for (var fault : Fault.values()) {
        left -= fault.weight;
        if (left < 0) {
          return fault;
        }
      }
      throw new IllegalStateException();
    }

    private static byte[] surplus(Random random) {
      int other = 800_000 + random.nextInt(1000);
      var text =
          switch (random.nextInt(8)) {
            case 0, 1, 2 -> Questions.http(other);
            case 3 ->
                "HTTP/1.1 408 Request Time-out\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            case 4 -> "5\r\nhello\r\n0\r\n\r\n";
            case 5 -> "HTTP/1.1 100 Continue\r\n\r\n";
            case 6 -> Questions.stream(other, DONE);
            default -> "x".repeat(1 + random.nextInt(20_000));
          };
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The provider: plans by question, and what is still to be sent over idle connections. */
  private static final class Provider {
    private final Map<Integer, Plan> plans = new ConcurrentHashMap<>();
    private final Semaphore written = new Semaphore(0);
    private final ConcurrentLinkedQueue<Runnable> late = new ConcurrentLinkedQueue<>();

    void play(Wire wire) throws IOException {
      int number = Questions.number(wire.request());
      var plan = plans.get(number);
      if (plan == null) {
        throw new IllegalStateException("an unknown question " + number);
      }
      byte[] body = body(number, plan);
      switch (plan.fault) {
        case NONE -> wire.raw(answer(plan, body, body.length));
        case SURPLUS -> wire.raw(joined(answer(plan, body, body.length), plan.surplus));
        case SURPLUS_IN_ANOTHER_WRITE -> {
          wire.raw(answer(plan, body, body.length)).raw(plan.surplus);
          written.release();
        }
        case LATE_SURPLUS -> {
          wire.raw(answer(plan, body, body.length));
          late.add(() -> sendLate(wire, plan.surplus));
        }
        case UNAVAILABLE_WITH_SURPLUS -> {
          plans.put(number, plan.with(Fault.NONE));
          wire.raw(joined(UNAVAILABLE, plan.surplus));
        }
        case SHORT_LENGTH -> wire.raw(answer(plan, body, plan.place % body.length));
        case LONG_LENGTH ->
            wire.raw(answer(plan, body, body.length + 1 + plan.place % 9000)).close();
        case BAD_CHUNK -> wire.raw(joined(CHUNKED, head(plan), plan.surplus)).close();
        case CUT_BY_RESET -> {
          byte[] whole = answer(plan, body, body.length);
          wire.raw(Arrays.copyOf(whole, whole.length - 1 - plan.place % body.length)).reset();
        }
        case RESET_BEFORE_THE_ANSWER -> wire.reset();
      }
    }

    private static final byte[] UNAVAILABLE =
        "HTTP/1.1 503 No\r\nretry-after-ms: 0\r\ncontent-length: 2\r\n\r\n{}"
            .getBytes(StandardCharsets.UTF_8);
    private static final byte[] CHUNKED =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n".getBytes(StandardCharsets.UTF_8);

    private static void sendLate(Wire wire, byte[] bytes) {
      try {
        wire.raw(bytes);
      } catch (IOException e) {
        // The client has closed the connection, as it may.
      }
    }

    private static byte[] body(int number, Plan plan) {
      var text = plan.stream ? Questions.stream(number, DONE) : Questions.answer(number);
      return plan.gzip
          ? Compressed.whole(Compressed.Format.GZIP, text)
          : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] head(Plan plan) {
      var type = plan.stream ? "text/event-stream" : "application/json";
      var coding = plan.gzip ? "content-encoding: gzip\r\n" : "";
      return ("content-type: " + type + "\r\n" + coding + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    /** With that length; in two chunks if it is of the right one. */
    private static byte[] answer(Plan plan, byte[] body, int length) {
      if (plan.chunked && length == body.length) {
        int half = 1 + plan.place % (body.length - 1);
        return joined(
            CHUNKED,
            head(plan),
            chunk(Arrays.copyOf(body, half)),
            chunk(Arrays.copyOfRange(body, half, body.length)),
            chunk(new byte[0]));
      }
      var line = "HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n";
      return joined(line.getBytes(StandardCharsets.UTF_8), head(plan), body);
    }

    private static byte[] chunk(byte[] data) {
      var size = Integer.toHexString(data.length) + "\r\n";
      return joined(size.getBytes(StandardCharsets.UTF_8), data, new byte[] {'\r', '\n'});
    }

    private static byte[] joined(byte[]... parts) {
      var all = new ByteArrayOutputStream();
      for (var part : parts) {
        all.writeBytes(part);
      }
      return all.toByteArray();
    }

    /** While no call is on any connection. */
    void sendLateBytes(Plan only) throws InterruptedException {
      if (only.fault == Fault.SURPLUS_IN_ANOTHER_WRITE) {
        assertTrue(written.tryAcquire(60, TimeUnit.SECONDS));
      }
      for (var next = late.poll(); next != null; next = late.poll()) {
        next.run();
      }
    }
  }

  /** One question and what became of it. */
  private static final class Asked {
    private final int number;
    private final Plan plan;
    private final RecordingSink sink = new RecordingSink();
    private @Nullable ProviderOutcome outcome;

    Asked(int number, Plan plan) {
      this.number = number;
      this.plan = plan;
    }

    void ask(ProviderClient client) {
      var call = plan.stream ? Questions.stream(number) : Questions.plain(number);
      outcome = client.call(call, sink).outcome();
    }

    void judge() {
      judge(Objects.requireNonNull(outcome, "the call has thrown"));
    }

    private void judge(ProviderOutcome outcome) {
      var found = ANSWERED.matcher(sink.text());
      while (found.find()) {
        assertEquals(number, Integer.parseInt(found.group(1)), sink::text);
      }
      if (outcome.consumption() instanceof Consumption.Measured measured) {
        assertEquals(1000 + number, measured.counts().prompt());
      }
      if (plan.fault.isHarmless()) {
        Questions.assertOwnAnswer(number, outcome, sink);
      } else if (plan.fault == Fault.RESET_BEFORE_THE_ANSWER) {
        assertInstanceOf(Failed.class, outcome);
        assertInstanceOf(Consumption.Estimated.class, outcome.consumption());
      } else {
        assertTrue(isNamed(outcome), outcome::toString);
      }
    }

    /** A plain answer that is not whole is no answer; a stream is whole, or its end is an error. */
    private boolean isNamed(ProviderOutcome outcome) {
      return switch (outcome) {
        case Failed _ -> sink.status() == 0;
        case Answered answered ->
            answered.brokenBy().isPresent()
                ? sink.text().contains("event: error\n")
                : sink.text().contains("answer " + number + ".");
        case ProviderOutcome.PassedThrough _ -> false;
      };
    }
  }

  private static final class Schedules {
    private final Provider provider = new Provider();
    private final ProviderClient client;
    private int number;

    Schedules(ProviderClient client) {
      this.client = client;
    }

    /** A few moments, at each of which one tenant or some of them call. */
    void run(Random random) throws InterruptedException {
      for (int moments = 2 + random.nextInt(2); moments > 0; moments--) {
        var asked = new ArrayList<Asked>();
        for (int calls = random.nextInt(4) == 0 ? 3 : 1; calls > 0; calls--) {
          var question = new Asked(number++, plan(random, calls > 1 || !asked.isEmpty()));
          provider.plans.put(question.number, question.plan);
          asked.add(question);
        }
        askAll(asked);
        asked.forEach(Asked::judge);
        provider.plans.clear();
        provider.sendLateBytes(asked.getFirst().plan);
      }
    }

    /** With others beside it a second write may come when the connection is another's already. */
    private static Plan plan(Random random, boolean othersBeside) {
      var plan = Plan.random(random);
      return othersBeside && plan.fault == Fault.SURPLUS_IN_ANOTHER_WRITE
          ? plan.with(Fault.SURPLUS)
          : plan;
    }

    private void askAll(List<Asked> asked) throws InterruptedException {
      if (asked.size() == 1) {
        asked.getFirst().ask(client);
        return;
      }
      var threads = new ArrayList<Thread>();
      for (var question : asked) {
        threads.add(Thread.startVirtualThread(() -> question.ask(client)));
      }
      for (var thread : threads) {
        thread.join();
      }
    }
  }

  private static void run(long seed, int first, int schedules, boolean tls) throws Exception {
    var script = new ScriptedProvider.Script[1];
    var scripted =
        tls
            ? ScriptedProvider.overTls(TestIdentity.context(), wire -> script[0].play(wire))
            : new ScriptedProvider(wire -> script[0].play(wire));
    try (var harness =
        new ClientHarness(ClientHarness.limits(20_000, 20_000, 20_000, 2), scripted)) {
      var running = new Schedules(harness.client);
      script[0] = running.provider::play;
      for (int i = first; i < first + schedules; i++) {
        try {
          running.run(new Random(seed + i));
        } catch (AssertionError e) {
          throw new AssertionError("seed " + seed + ", schedule " + i + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private static long seed() {
    long seed = Long.getLong("chatgate.reuse.seed", System.nanoTime());
    System.out.println("ConnectionReuseTest: -Dchatgate.reuse.seed=" + seed);
    return seed;
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS) // a given number may take longer than other tests
  void everyAnswerBelongsToItsQuestion() throws Exception {
    long seed = seed();
    long began = System.nanoTime();
    for (int first = 0; first < SCHEDULES; first += SCHEDULES_A_POOL) {
      run(seed, first, Math.min(SCHEDULES_A_POOL, SCHEDULES - first), false);
      if (!NUMBER_IS_GIVEN && System.nanoTime() - began > ORDINARY.toNanos()) {
        return;
      }
    }
  }

  @Test
  void everyAnswerBelongsToItsQuestionOverTls() throws Exception {
    run(seed(), 0, SCHEDULES_OVER_TLS, true);
  }
}
