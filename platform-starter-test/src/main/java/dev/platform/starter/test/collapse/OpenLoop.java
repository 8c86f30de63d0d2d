package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests at a constant rate, whatever becomes of those before. A request's time counts from
 * the moment when it was due, also if this process was too slow to send it then. Used by one
 * thread; answers may come on any.
 */
final class OpenLoop {

  private static final long TICK = Duration.ofMillis(20).toNanos();

  private final Time time;
  private final Request request;
  private final long deadline;
  private final int maxUnderWay;
  private final AtomicInteger underWay = new AtomicInteger();
  private long origin;
  private double next; // nanoseconds after origin

  OpenLoop(Time time, Request request, Duration deadline, int maxUnderWay) {
    this.time = time;
    this.request = request;
    this.deadline = deadline.toNanos();
    this.maxUnderWay = maxUnderWay;
  }

  int underWay() {
    return underWay.get();
  }

  /** The first request is due now. */
  void begin() {
    next = 0;
    origin = time.nanos();
  }

  /** Sends what is due before a moment, and returns then. */
  void sendUntil(long until, double perSecond, GoodputRecord record) throws InterruptedException {
    double period = 1e9 / perSecond;
    for (; next < until - origin; next += period) {
      long due = origin + (long) next;
      time.sleepUntil(due);
      send(due, record);
    }
    time.sleepUntil(until);
  }

  /** Waits until nothing is under way, but not beyond a moment. */
  void awaitIdle(long until) throws InterruptedException {
    while (underWay.get() > 0 && time.nanos() < until) {
      time.sleepUntil(Math.min(until, time.nanos() + TICK));
    }
  }

  private void send(long due, GoodputRecord record) {
    record.offered(due);
    if (underWay.incrementAndGet() > maxUnderWay) {
      underWay.decrementAndGet();
      record.failed(due, "not sent, since too many were under way");
      return;
    }
    CompletionStage<?> answer;
    try {
      answer = request.send();
    } catch (Exception e) {
      underWay.decrementAndGet();
      record.failed(due, e.toString());
      return;
    }
    var unused = answer.whenComplete((value, failure) -> ended(due, failure, record));
  }

  private void ended(long due, @Nullable Throwable failure, GoodputRecord record) {
    long now = time.nanos();
    underWay.decrementAndGet();
    if (failure != null) {
      record.failed(due, cause(failure).toString());
    } else if (now - due > deadline) {
      record.failed(due, "a good answer after the deadline");
    } else {
      record.good(due, now);
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
