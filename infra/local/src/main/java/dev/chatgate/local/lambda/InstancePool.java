package dev.chatgate.local.lambda;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The instances of one function. A call without a free instance starts one, up to a limit; beyond
 * it calls wait in a queue. An instance is free when it asks for its next invocation and not
 * before, so work after a response keeps it busy, as on Lambda.
 */
public final class InstancePool implements AutoCloseable {
  /** How many invocations Lambda gives to one process at once; one, if it is not set. */
  public static final String CONCURRENCY_VARIABLE = "AWS_LAMBDA_MAX_CONCURRENCY";

  private static final Duration MAX_START_TIME = Duration.ofSeconds(60);

  private final String name;
  private final Limits limits;
  private final Starter starter;
  private final Clock clock;
  private final Consumer<String> log;
  private final AtomicInteger started = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lambda-timer").factory());

  private final Map<Slot, Boolean> slots = new LinkedHashMap<>();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Deque<PendingInvocation> queue = new ArrayDeque<>();
  private boolean closed;

  /**
   * What a function may use.
   *
   * @param instances maximum number of processes
   * @param concurrency maximum number of invocations at once in one process
   * @param timeout time limit of an invocation, from when an instance gets it
   * @param maxWait how long a call queues before it counts as throttled
   */
  public record Limits(int instances, int concurrency, Duration timeout, Duration maxWait) {}

  /** Starts the process of an instance. */
  @FunctionalInterface
  interface Starter {
    /**
     * Starts a process.
     *
     * @param name for the log
     * @param runtimeApi host and port of its Runtime API
     */
    FunctionInstance start(String name, String runtimeApi);
  }

  private record Idle(Slot slot, CompletableFuture<Optional<PendingInvocation>> next) {}

  InstancePool(String name, Limits limits, Starter starter, Clock clock, Consumer<String> log) {
    this.name = name;
    this.limits = limits;
    this.starter = starter;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Invokes the function; returns at once.
   *
   * @param event the payload
   * @param receiver gets the outcome, on another thread
   */
  public void invoke(byte[] event, Receiver receiver) {
    var invocation = new PendingInvocation(event, receiver);
    Optional<Idle> free;
    synchronized (this) {
      free = Optional.ofNullable(idle.pollLast());
      if (free.isEmpty()) {
        queue.addLast(invocation);
      }
    }
    if (free.isPresent()) {
      hand(invocation, free.get());
    } else {
      long wait = limits.maxWait().toMillis();
      var _ = timer.schedule(() -> giveUp(invocation), wait, TimeUnit.MILLISECONDS);
      startMissingInstances();
    }
  }

  /** The processes that run now, without their shells. */
  public List<ProcessHandle> processes() {
    return snapshot().stream().flatMap(slot -> slot.processes().stream()).toList();
  }

  /** Ends every instance without waiting for it. */
  public void abandon() {
    snapshot().forEach(Slot::abandon);
  }

  /** Kills every instance; outstanding and queued invocations fail. */
  @Override
  public void close() {
    List<PendingInvocation> waiting;
    synchronized (this) {
      closed = true;
      waiting = List.copyOf(queue);
      queue.clear();
    }
    timer.shutdownNow();
    snapshot().forEach(Slot::kill);
    waiting.forEach(invocation -> invocation.fail(Failure.CRASHED));
  }

  private synchronized Collection<Slot> snapshot() {
    return new ArrayList<>(slots.keySet());
  }

  private void hand(PendingInvocation invocation, Idle to) {
    Instant deadline = clock.instant().plus(limits.timeout());
    if (invocation.sent(deadline)) {
      to.next().complete(Optional.of(invocation));
    } else {
      offer(to);
    }
  }

  /** An instance asks for its next invocation. */
  private void offer(Idle free) {
    Optional<PendingInvocation> waiting;
    synchronized (this) {
      slots.replace(free.slot(), true);
      waiting = Optional.ofNullable(queue.pollFirst());
      if (waiting.isEmpty() && slots.containsKey(free.slot()) && !closed) {
        idle.addLast(free);
        return;
      }
    }
    if (waiting.isPresent()) {
      hand(waiting.get(), free);
    } else {
      free.next().complete(Optional.empty());
    }
  }

  private void giveUp(PendingInvocation invocation) {
    boolean waited;
    synchronized (this) {
      waited = queue.remove(invocation);
    }
    if (waited) {
      invocation.fail(Failure.THROTTLED);
    }
  }

  private void startMissingInstances() {
    for (Optional<Slot> slot = newSlot(); slot.isPresent(); slot = newSlot()) {
      slot.get().start();
    }
  }

  private synchronized Optional<Slot> newSlot() {
    long starting = slots.values().stream().filter(ready -> !ready).count();
    boolean enough = starting * limits.concurrency() >= queue.size();
    if (closed || enough || slots.size() >= limits.instances()) {
      return Optional.empty();
    }
    var slot = new Slot(name + "-" + started.incrementAndGet());
    slots.put(slot, false);
    return Optional.of(slot);
  }

  private void ended(Slot slot) {
    List<Idle> asking = new ArrayList<>();
    Optional<PendingInvocation> failed = Optional.empty();
    synchronized (this) {
      Boolean wasReady = slots.remove(slot);
      if (wasReady == null) {
        return;
      }
      idle.stream().filter(free -> free.slot().equals(slot)).forEach(asking::add);
      idle.removeAll(asking);
      // If an instance could not start, a queued call fails; otherwise a function that never starts
      // would be started again and again.
      if (!wasReady) {
        failed = Optional.ofNullable(queue.pollFirst());
      }
    }
    asking.forEach(free -> free.next().complete(Optional.empty()));
    failed.ifPresent(invocation -> invocation.fail(Failure.CRASHED));
    startMissingInstances();
  }

  /** One process with its Runtime API. */
  private final class Slot implements LocalRuntimeApi.Environment {
    private final String slotName;
    private final LocalRuntimeApi api;
    private final Map<PendingInvocation, ScheduledFuture<?>> deadlines = new LinkedHashMap<>();
    private Optional<FunctionInstance> instance = Optional.empty();
    private boolean dead;

    Slot(String slotName) {
      this.slotName = slotName;
      String arn = "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":live";
      this.api = new LocalRuntimeApi(this, arn, limits.concurrency());
    }

    void start() {
      FunctionInstance process = starter.start(slotName, api.address());
      synchronized (this) {
        instance = Optional.of(process);
      }
      process.onExit(this::exited);
      long most = MAX_START_TIME.toMillis();
      var _ = timer.schedule(this::killUnlessReady, most, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<PendingInvocation> next() throws InterruptedException {
      var next = new CompletableFuture<Optional<PendingInvocation>>();
      offer(new Idle(this, next));
      try {
        return next.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void initFailed(String error) {
      log.accept(slotName + " | could not start: " + error);
    }

    @Override
    public void restored() {
      log.accept(slotName + " | restored at " + clock.instant());
    }

    @Override
    public synchronized void began(PendingInvocation invocation) {
      long left = Duration.between(clock.instant(), invocation.deadline()).toMillis();
      deadlines.put(
          invocation,
          timer.schedule(() -> timedOut(invocation), Math.max(0, left), TimeUnit.MILLISECONDS));
    }

    @Override
    public synchronized void ended(PendingInvocation invocation) {
      Optional.ofNullable(deadlines.remove(invocation)).ifPresent(timeout -> timeout.cancel(false));
    }

    synchronized List<ProcessHandle> processes() {
      return instance.map(FunctionInstance::processes).orElse(List.of());
    }

    void kill() {
      running().ifPresent(FunctionInstance::kill);
    }

    void abandon() {
      running().ifPresent(FunctionInstance::abandon);
    }

    private synchronized Optional<FunctionInstance> running() {
      return instance;
    }

    private void timedOut(PendingInvocation invocation) {
      log.accept(slotName + " | Task timed out after " + limits.timeout().toSeconds() + " seconds");
      Thread.ofVirtual().start(() -> invocation.fail(Failure.TIMED_OUT));
      kill();
    }

    private void killUnlessReady() {
      boolean starting;
      synchronized (InstancePool.this) {
        starting = Boolean.FALSE.equals(slots.get(this));
      }
      if (starting) {
        kill();
      }
    }

    private void exited() {
      synchronized (this) {
        if (dead) {
          return;
        }
        dead = true;
        deadlines.values().forEach(timeout -> timeout.cancel(false));
      }
      kill();
      api.close();
      InstancePool.this.ended(this);
      Thread.ofVirtual().start(() -> api.failOutstanding(Failure.CRASHED));
    }
  }
}
