package dev.platform.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: a queue of events by time. Events of the same moment run in an order that the seed
 * determines. Everything in a simulation runs in here, on one thread.
 */
final class Loop {

  static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final long seed;
  private final SplittableRandom ties;
  private long now;
  private long count;
  private int atOnce;

  /** So many events in one moment: somebody repeats something without a pause. */
  private static final int MOST_AT_ONCE = 200_000;

  /** Time stands still, since there is always something to do at once. */
  static final class StandsStill extends RuntimeException {

    private static final long serialVersionUID = 1;

    StandsStill() {
      super("something is repeated without a pause");
    }
  }

  Loop(long seed) {
    this.seed = seed;
    this.ties = random("ties");
  }

  /** Something that happens at a time, unless it is cancelled. */
  static final class Event implements Comparable<Event> {

    private final long time;
    private final int tie;
    private final long number;
    private @Nullable Runnable action;

    private Event(long time, int tie, long number, Runnable action) {
      this.time = time;
      this.tie = tie;
      this.number = number;
      this.action = action;
    }

    long time() {
      return time;
    }

    void cancel() {
      action = null;
    }

    boolean isOver() {
      return action == null;
    }

    @Override
    public int compareTo(Event other) {
      if (time != other.time) {
        return Long.compare(time, other.time);
      }
      return tie != other.tie
          ? Integer.compare(tie, other.tie)
          : Long.compare(number, other.number);
    }
  }

  /** Random numbers of this seed; others for each name. */
  SplittableRandom random(String name) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
  }

  /** Nanoseconds since the start. */
  long now() {
    return now;
  }

  /** How many events there were. */
  long count() {
    return count;
  }

  Event after(long nanos, Runnable action) {
    Event event = new Event(now + Math.max(0, nanos), ties.nextInt(), count++, action);
    events.add(event);
    return event;
  }

  Event at(long time, Runnable action) {
    return after(time - now, action);
  }

  /** Runs all events up to a time. */
  void runUntil(long end) {
    for (Event next = events.peek(); next != null && next.time <= end; next = events.peek()) {
      events.remove();
      Runnable action = next.action;
      if (action != null) {
        next.action = null;
        atOnce = next.time == now ? atOnce + 1 : 0;
        if (atOnce > MOST_AT_ONCE) {
          throw new StandsStill();
        }
        now = next.time;
        action.run();
      }
    }
    now = end;
  }
}
