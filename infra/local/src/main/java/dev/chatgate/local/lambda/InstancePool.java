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
 * The instances of one function: started as calls come that no free instance could take, up to a
 * limit; beyond it calls queue for a while. An instance is free when it asks for its next
 * invocation, and not before, so work after a response keeps it busy as on Lambda.
 */
public final class InstancePool implements AutoCloseable {
  /** How many invocations Lambda gives to one process at once; one, if it is not set. */
  public static final String CONCURRENCY_VARIABLE = "AWS_LAMBDA_MAX_CONCURRENCY";

  private static final Duration LONGEST_START = Duration.ofSeconds(60);

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
  private final Deque<Invocation> queue = new ArrayDeque<>();
  private boolean closed;

  /**
   * What a function may use.
   *
   * @param instances most processes at once
   * @param concurrency invocations at once in one process
   * @param timeout the longest that an invocation may take, from when an instance has it
   * @param longestWait how long a call queues before it counts as throttled
   */
  public record Limits(int instances, int concurrency, Duration timeout, Duration longestWait) {}

  /** Starts processes. */
  @FunctionalInterface
  interface Starter {
    /**
     * Starts one.
     *
     * @param name for the log
     * @param runtimeApi host and port of its Runtime API
     */
    Instance start(String name, String runtimeApi);
  }

  private record Idle(Slot slot, CompletableFuture<Optional<Invocation>> next) {}

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
   * @param receiver hears what becomes of it, from other threads
   */
  public void invoke(byte[] event, Receiver receiver) {
    var invocation = new Invocation(event, receiver);
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
      long wait = limits.longestWait().toMillis();
      var _ = timer.schedule(() -> giveUp(invocation), wait, TimeUnit.MILLISECONDS);
      startWhatIsMissing();
    }
  }

  /** The processes that run now, without the shells beside them. */
  public List<ProcessHandle> processes() {
    return snapshot().stream().flatMap(slot -> slot.processes().stream()).toList();
  }

  /** Lets every instance go, which ends it; for a process that is about to end itself. */
  public void abandon() {
    snapshot().forEach(Slot::abandon);
  }

  /** Kills every instance; what is outstanding or queued fails. */
  @Override
  public void close() {
    List<Invocation> waiting;
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

  private void hand(Invocation invocation, Idle to) {
    Instant deadline = clock.instant().plus(limits.timeout());
    if (invocation.sent(deadline)) {
      to.next().complete(Optional.of(invocation));
    } else {
      offer(to);
    }
  }

  /** An instance asks for its next invocation. */
  private void offer(Idle free) {
    Optional<Invocation> waiting;
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

  private void giveUp(Invocation invocation) {
    boolean waited;
    synchronized (this) {
      waited = queue.remove(invocation);
    }
    if (waited) {
      invocation.fail(Failure.THROTTLED);
    }
  }

  private void startWhatIsMissing() {
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
    Optional<Invocation> victim = Optional.empty();
    synchronized (this) {
      Boolean wasReady = slots.remove(slot);
      if (wasReady == null) {
        return;
      }
      idle.stream().filter(free -> free.slot().equals(slot)).forEach(asking::add);
      idle.removeAll(asking);
      // An instance that could not start answers for the call it was started for, or a function
      // that never starts would be started for ever.
      if (!wasReady) {
        victim = Optional.ofNullable(queue.pollFirst());
      }
    }
    asking.forEach(free -> free.next().complete(Optional.empty()));
    victim.ifPresent(invocation -> invocation.fail(Failure.CRASHED));
    startWhatIsMissing();
  }

  /** One process with its Runtime API. */
  private final class Slot implements RuntimeApi.Environment {
    private final String slotName;
    private final RuntimeApi api;
    private final Map<Invocation, ScheduledFuture<?>> deadlines = new LinkedHashMap<>();
    private Optional<Instance> instance = Optional.empty();
    private boolean dead;

    Slot(String slotName) {
      this.slotName = slotName;
      String arn = "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":live";
      this.api = new RuntimeApi(this, arn, limits.concurrency());
    }

    void start() {
      Instance process = starter.start(slotName, api.address());
      synchronized (this) {
        instance = Optional.of(process);
      }
      process.onExit(this::exited);
      long most = LONGEST_START.toMillis();
      var _ = timer.schedule(this::killUnlessReady, most, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<Invocation> next() throws InterruptedException {
      var next = new CompletableFuture<Optional<Invocation>>();
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
    public synchronized void began(Invocation invocation) {
      long left = Duration.between(clock.instant(), invocation.deadline()).toMillis();
      deadlines.put(
          invocation,
          timer.schedule(() -> timedOut(invocation), Math.max(0, left), TimeUnit.MILLISECONDS));
    }

    @Override
    public synchronized void ended(Invocation invocation) {
      Optional.ofNullable(deadlines.remove(invocation)).ifPresent(timeout -> timeout.cancel(false));
    }

    synchronized List<ProcessHandle> processes() {
      return instance.map(Instance::processes).orElse(List.of());
    }

    void kill() {
      running().ifPresent(Instance::kill);
    }

    void abandon() {
      running().ifPresent(Instance::abandon);
    }

    private synchronized Optional<Instance> running() {
      return instance;
    }

    private void timedOut(Invocation invocation) {
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
