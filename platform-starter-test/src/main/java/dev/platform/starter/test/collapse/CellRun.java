package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Runs one cell: steady load, the trigger, and what comes after it. */
final class CellRun {

  private static final Duration MAX_FAULT = Duration.ofMinutes(5);
  private static final long TICK = Duration.ofMillis(20).toNanos();

  private final Time time;
  private final OpenLoop loop;
  private final CheckTimes times;
  private final double goodShare;
  private final double capacity;
  private final double load;
  private final Trigger trigger;
  private final GoodputRecord record;
  private final long start;
  private long now;

  /**
   * @param goodShare the share of requests that must be good before, and the share of that which
   *     must be good again
   */
  CellRun(
      Time time,
      OpenLoop loop,
      CheckTimes times,
      double goodShare,
      double capacity,
      double load,
      Trigger trigger) {
    this.time = time;
    this.loop = loop;
    this.times = times;
    this.goodShare = goodShare;
    this.capacity = capacity;
    this.load = load;
    this.trigger = trigger;
    this.start = time.nanos();
    this.now = start;
    this.record = new GoodputRecord(start, times.window());
  }

  CollapseCell run() throws InterruptedException {
    loop.begin();
    int steady = awaitGood(0, goodShare);
    if (steady < 0) {
      return cell(Verdict.NEVER_STEADY, lately(), null, null, null);
    }
    double before = record.share(steady, settled());
    long began = now;
    disturb();
    long ended = now;
    int first = record.firstFrom(ended);
    int back = awaitGood(first, goodShare * before);
    if (back < 0) {
      return cell(Verdict.NOT_RECOVERED, before, null, began, ended);
    }
    Duration after = Duration.ofNanos(back == first ? 0 : record.beginOf(back) - ended);
    return cell(Verdict.RECOVERED, before, after, began, ended);
  }

  /**
   * Sends until enough windows in a row are good.
   *
   * @return the first of them, or -1 if there were none in time
   */
  private int awaitGood(int from, double share) throws InterruptedException {
    long end = now + times.observation().toNanos();
    int begin = from;
    int checked = from;
    while (true) {
      for (; checked < settled(); checked++) {
        if (record.share(checked, checked + 1) < share) {
          begin = checked + 1;
        } else if (checked + 1 - begin >= times.steadyWindows()) {
          return begin;
        }
      }
      if (now >= end) {
        return -1;
      }
      send(load * capacity);
    }
  }

  private void disturb() throws InterruptedException {
    try {
      perform(trigger.begin());
      long end = now + (trigger.lasts() ? times.trigger().toNanos() : 0);
      while (now < end) {
        send((trigger.burst() > 0 ? trigger.burst() : load) * capacity);
      }
    } catch (RuntimeException | Error | InterruptedException e) {
      undo(e);
      throw e;
    }
    perform(trigger.end());
  }

  /** Nothing stays frozen when the check can't go on. */
  private void undo(Throwable failure) {
    if (trigger.end() != null) {
      try {
        trigger.end().run();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void perform(@Nullable Fault fault) throws InterruptedException {
    if (fault == null) {
      return;
    }
    Future<?> performed = time.start("collapse-check", fault);
    long end = now + MAX_FAULT.toNanos();
    while (!performed.isDone()) {
      if (now >= end) {
        performed.cancel(true);
        throw new IllegalStateException(
            trigger.name() + ": neither begun nor ended after " + MAX_FAULT);
      }
      send(load * capacity);
    }
    try {
      performed.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(trigger.name() + ": " + e.getCause(), e.getCause());
    }
  }

  private void send(double perSecond) throws InterruptedException {
    now += TICK;
    loop.sendUntil(now, perSecond, record);
  }

  /** The windows whose requests have all ended, or are too late. */
  private int settled() {
    return record.settledBy(now, times.deadline().toNanos());
  }

  private double lately() {
    return record.share(Math.max(0, settled() - times.steadyWindows()), settled());
  }

  private CollapseCell cell(
      Verdict verdict,
      double before,
      @Nullable Duration recoveredAfter,
      @Nullable Long began,
      @Nullable Long ended) {
    return new CollapseCell(
        trigger.name(),
        load,
        load * capacity,
        verdict,
        before,
        lately(),
        recoveredAfter,
        began == null ? null : Duration.ofNanos(began - start),
        ended == null ? null : Duration.ofNanos(ended - start),
        record.points(settled()),
        record.failures(settled() - times.steadyWindows(), settled()));
  }
}
