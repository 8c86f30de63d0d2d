package dev.platform.simulation;

import io.grpc.Deadline;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * What one process runs on: a monotonic clock that drifts, a wall clock that jumps, and threads
 * that all stop while the process is paused. Nothing of a dead process runs any more.
 */
final class Machine {

  static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private final Loop loop;
  private final String name;
  private final double speed;
  private final long ahead;
  private final long born;
  private final SplittableRandom random;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final Clock clock = new WallClock();
  private final Deadline.Ticker deadlines = new DeadlineTicker();
  private final History history;
  private long jumped;
  private long latest = Long.MIN_VALUE;
  private int pauses;
  private boolean alive = true;

  /**
   * @param drift how much faster than real time its clock is, such as 0.0001
   */
  Machine(Loop loop, History history, String name, double drift) {
    this.loop = loop;
    this.history = history;
    this.name = name;
    this.speed = 1 + drift;
    this.born = loop.now();
    this.random = loop.random(name);
    this.ahead = random.nextLong(-Loop.SECOND * 1000, Loop.SECOND * 1000);
  }

  String name() {
    return name;
  }

  Loop loop() {
    return loop;
  }

  History history() {
    return history;
  }

  SplittableRandom random() {
    return random;
  }

  /** Monotonic; of no meaning elsewhere. */
  long nanoTime() {
    return ahead + (long) ((loop.now() - born) * speed);
  }

  Clock clock() {
    return clock;
  }

  Deadline.Ticker deadlines() {
    return deadlines;
  }

  /** The wall clock is set. */
  void jump(long nanos) {
    latest = Math.max(latest, wallTime());
    jumped += nanos;
  }

  /** Whether the wall clock has shown a later time before. */
  boolean isSetBack() {
    return wallTime() < latest;
  }

  private long wallTime() {
    return (long) (loop.now() * speed) + jumped;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isPaused() {
    return pauses > 0;
  }

  void pause() {
    pauses++;
  }

  /** All that has waited runs now, in its order. */
  void resume() {
    pauses--;
    while (alive && pauses == 0 && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  void die() {
    alive = false;
    waiting.clear();
  }

  /** Runs at once, or when the process continues. */
  void receive(Runnable action) {
    if (!alive) {
      return;
    }
    if (pauses > 0) {
      waiting.add(action);
      return;
    }
    action.run();
  }

  /** Runs after a time by this machine's clock, or later if it is paused then. */
  Loop.Event after(long nanos, Runnable action) {
    return loop.after((long) (nanos / speed), () -> receive(action));
  }

  private final class WallClock extends Clock {

    @Override
    public Instant instant() {
      return EPOCH.plusNanos(wallTime());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private final class DeadlineTicker extends Deadline.Ticker {

    @Override
    public long nanoTime() {
      return Machine.this.nanoTime();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
