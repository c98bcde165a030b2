package dev.chatgate.bench.crash;

import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Kills function instances of the local stack under load at random moments, then runs the
 * reconciler, then the audit, which must find nothing. The system property {@code bench.seed}
 * repeats the random choices of a run, but not the machine's timing.
 */
public final class CrashTest implements Measurement {
  private static final int KILLS = 50;
  private static final int MIN_MILLIS_BETWEEN = 1;
  private static final int MAX_MILLIS_BETWEEN = 1_500;
  private static final int ANSWERS_BETWEEN = 3;
  private static final Duration MAX_KILLING = Duration.ofMinutes(8);
  private static final Duration CALL = Duration.ofSeconds(5);

  /** Time after a call's limit until the reconciler may settle it. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final int MAX_RUNS = 6;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration MARGIN = Duration.ofSeconds(3);

  @Override
  public Result run(Path root, RunLog log) throws IOException, InterruptedException {
    long seed =
        Optional.ofNullable(System.getProperty("bench.seed"))
            .filter(text -> !text.isBlank())
            .map(Long::valueOf)
            .orElseGet(() -> new SecureRandom().nextLong());
    log.say("seed " + seed);
    var random = new Random(seed);
    try (var stack = LocalStack.start(settings(root), root, Pacing.REALISTIC, log::function)) {
      stack.awaitReady();
      var load = CrashTestLoad.start(stack, random.nextLong());
      var kills = kill(stack, load, random, log);
      load.end();
      awaitDeadlines(log);
      var runs = List.of(reconcile(stack, log), reconcile(stack, log));
      long leftForPersons = CrashTestAudit.inFlightForPersons(stack);
      load.callForEachPerson(stack);
      var books = CrashTestAudit.read(stack, load.answered());
      var audit = AuditRun.run(root, stack.awsUrl());
      return new CrashTestResult(seed, kills, load, runs, leftForPersons, books, audit).result();
    }
  }

  private static LocalSettings settings(Path root) throws IOException {
    var folder = root.resolve(Path.of("infra", "bench", "target"));
    var tenants =
        Files.writeString(folder.resolve("crash-test-tenants.json"), CrashTestLoad.tenants());
    var prices = Files.writeString(folder.resolve("crash-test-prices.json"), CrashTestLoad.PRICES);
    return LocalSettings.from(
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_INSTANCES", "3",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_CALL_SECONDS", Long.toString(CALL.toSeconds()),
            "CHATGATE_TENANTS", tenants.toString(),
            "CHATGATE_PRICES", prices.toString()));
  }

  /** Kills instances; returns a line for each kill, with the time and the process. */
  private static List<String> kill(
      LocalStack stack, CrashTestLoad load, RandomGenerator random, RunLog log)
      throws InterruptedException {
    var kills = new ArrayList<String>();
    var start = Instant.now();
    while (kills.size() < KILLS) {
      awaitAnswers(load, start.plus(MAX_KILLING));
      Thread.sleep(random.nextInt(MIN_MILLIS_BETWEEN, MAX_MILLIS_BETWEEN));
      var victim = pick(stack, random);
      if (victim.isPresent() && victim.get().process().destroyForcibly()) {
        long millis = Duration.between(start, Instant.now()).toMillis();
        kills.add("%.1f s %s".formatted(millis / 1e3, victim.get().door()));
        log.say("kill " + kills.size() + " of " + KILLS + ": " + kills.getLast());
      }
    }
    return kills;
  }

  /**
   * Waits for some answers between two kills; without this, on a slow machine only starting
   * instances would be killed.
   */
  private static void awaitAnswers(CrashTestLoad load, Instant until) throws InterruptedException {
    int before = load.answered().size();
    while (load.answered().size() < before + ANSWERS_BETWEEN) {
      if (Instant.now().isAfter(until)) {
        throw new IllegalStateException("too few calls are answered to go on killing");
      }
      Thread.sleep(POLL);
    }
  }

  private record Victim(String door, ProcessHandle process) {}

  /** Picks a random process among the stack's function instances. */
  private static Optional<Victim> pick(LocalStack stack, RandomGenerator random) {
    var running =
        Stream.concat(
                stack.apiInstances().stream().map(process -> new Victim("api", process)),
                stack.streamInstances().stream().map(process -> new Victim("stream", process)))
            .toList();
    return running.isEmpty()
        ? Optional.empty()
        : Optional.of(running.get(random.nextInt(running.size())));
  }

  private static void awaitDeadlines(RunLog log) throws InterruptedException {
    var wait = CALL.plus(GRACE).plus(MARGIN);
    log.say("waiting " + wait.toSeconds() + " s until every deadline has passed");
    Thread.sleep(wait);
  }

  /** Runs the reconciler; after a failed run it starts the next, as the schedule does. */
  private static String reconcile(LocalStack stack, RunLog log) {
    for (int run = 1; ; run++) {
      try {
        return stack.reconcile();
      } catch (IllegalStateException e) {
        log.say("run " + run + " of the reconciler: " + e.getMessage());
        if (run == MAX_RUNS) {
          throw e;
        }
      }
    }
  }

  @Override
  public String what() {
    return "instances killed under load, then the reconciler, then an audit that must find nothing";
  }
}
