package dev.chatgate.quota.simulation;

import dev.chatgate.quota.item.Buckets;
import dev.chatgate.time.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A world of actors in virtual time. One of them runs at a time, on a thread of its own; where it
 * waits, the actor that is due first goes on. All that happens follows from the seed, so a seed is
 * a schedule.
 */
final class SimWorld implements Pause {
  private static final Comparator<Event> IN_TIME =
      Comparator.comparingLong(Event::at).thenComparingLong(Event::order);

  private final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>(IN_TIME);
  private final Actor main = new Actor("main", Thread.currentThread());
  private final @Nullable List<String> trace;
  private Actor current = main;
  private long nanos;
  private long sequence;
  private long fingerprint;
  private @Nullable Throwable failure;

  /** The end of a process, at whatever it was doing. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    private Death() {
      super("died", null, false, false);
    }
  }

  /**
   * @param at epoch nanoseconds
   * @param order among those at the same time
   */
  private record Event(long at, long order, Actor actor, @Nullable Runnable task) {}

  /** An actor that can wait. */
  private static final class Actor {
    private final String name;
    private final Thread thread;
    private volatile boolean turn;
    private Instant lastTold = Instant.EPOCH;
    private Instant lastToldAt = Instant.EPOCH;

    private Actor(String name, Thread thread) {
      this.name = name;
      this.thread = thread;
    }

    private void go() {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      } else {
        turn = true;
        LockSupport.unpark(thread);
      }
    }

    private void await() {
      while (!turn) {
        LockSupport.park(this);
      }
      turn = false;
    }
  }

  /**
   * @param seed of all chance in this world
   * @param start its first moment
   * @param traced whether {@link #trace} tells what happened
   */
  SimWorld(long seed, Instant start, boolean traced) {
    this.random = new SplittableRandom(seed);
    this.nanos = Buckets.nanosOf(start);
    this.trace = traced ? new ArrayList<>() : null;
  }

  SplittableRandom random() {
    return random;
  }

  /** True of so many in a hundred. */
  boolean chance(double percent) {
    return random.nextDouble() * 100 < percent;
  }

  /** A length between the two, the second exclusive. */
  Duration between(Duration least, Duration most) {
    return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos()));
  }

  Instant now() {
    return Instant.ofEpochSecond(0, nanos);
  }

  /** A clock of this world that is ahead by a fixed skew, negative if behind. */
  InstantSource clock(Duration skew) {
    return () -> told(now().plus(skew));
  }

  /** The same, not remembered: of the machine below a ledger's clock. */
  InstantSource machineClock(Duration skew) {
    return () -> now().plus(skew);
  }

  /** A time that the actor's next write goes by. */
  Instant told(Instant time) {
    current.lastTold = time;
    current.lastToldAt = now();
    return time;
  }

  /** The true time when any clock told the actor the time last. */
  Instant lastToldAt() {
    return current.lastToldAt;
  }

  /** What any clock told the actor last: the time that its next write goes by. */
  Instant lastTold() {
    return current.lastTold;
  }

  /** Starts an actor at a moment. */
  void spawn(String name, Duration delay, Runnable life) {
    schedule(delay, new Actor(name, Thread.ofVirtual().unstarted(() -> live(life))), null);
  }

  private void live(Runnable life) {
    try {
      if (failure == null) {
        life.run();
      }
    } catch (Death _) {
      note("is dead", "");
    } catch (Throwable e) {
      fail(e);
    }
    next().ifPresent(Actor::go);
  }

  /** Lets something happen later, whichever actors are alive then. */
  void later(Duration delay, Runnable task) {
    schedule(delay, main, task);
  }

  private void schedule(Duration delay, Actor actor, @Nullable Runnable task) {
    long order = (long) random.nextInt() << 32 | sequence++;
    events.add(new Event(nanos + delay.toNanos(), order, actor, task));
  }

  /** Ends the actor that runs. */
  Death die() {
    return new Death();
  }

  @Override
  public void pause(Duration duration) {
    var self = current;
    schedule(duration, self, null);
    handOver(self);
  }

  /** Runs until nothing is left to happen; called by the thread that made this world. */
  void run() {
    handOver(main);
  }

  private void handOver(Actor self) {
    var next = next().orElse(main);
    if (next != self) {
      next.go();
      self.await();
    }
    if (failure != null && self != main) {
      throw die();
    }
  }

  /** The actor that is due next, which becomes the current one; main once no actor is left. */
  private Optional<Actor> next() {
    while (!events.isEmpty()) {
      var event = events.poll();
      nanos = Math.max(nanos, event.at());
      if (event.task() == null) {
        current = event.actor();
        return Optional.of(current);
      }
      current = main;
      perform(event.task());
    }
    current = main;
    return Optional.of(main);
  }

  private void perform(Runnable task) {
    try {
      if (failure == null) {
        task.run();
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void fail(Throwable e) {
    if (failure == null) {
      failure = e;
      note("found", e);
    }
  }

  /** What went wrong first. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether the name of the current actor begins with this. */
  boolean isActor(String name) {
    return current.name.startsWith(name);
  }

  /** The name of the current actor; {@code main} where a late write lands. */
  String actor() {
    return current.name;
  }

  /** Tells the trace what the current actor does. */
  void note(String what, Object about) {
    fingerprint = (fingerprint * 31 + nanos) * 31 + current.name.hashCode() + what.hashCode();
    if (trace != null) {
      trace.add(now() + " " + current.name + " " + what + " " + about);
    }
  }

  /** Differs for schedules that differ. */
  long fingerprint() {
    return fingerprint;
  }

  List<String> trace() {
    return trace == null ? List.of() : trace;
  }
}
