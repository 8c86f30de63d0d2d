package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Time that passes when the check sleeps; what is scheduled until then is done, on its thread. */
final class VirtualTime implements Time {

  private record Event(long at, long number, Runnable task) implements Comparable<Event> {

    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long numbers;

  void after(Duration delay, Runnable task) {
    events.add(new Event(now + delay.toNanos(), numbers++, task));
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void sleepUntil(long nanos) {
    while (!events.isEmpty() && events.peek().at() <= nanos) {
      Event event = events.remove();
      now = event.at();
      event.task().run();
    }
    now = Math.max(now, nanos);
  }

  @Override
  public Future<?> start(String name, Fault fault) {
    try {
      fault.run();
      return CompletableFuture.completedFuture(null);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
