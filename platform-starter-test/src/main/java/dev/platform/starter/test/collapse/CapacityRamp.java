package dev.platform.starter.test.collapse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the highest rate that an application keeps up with: requests are answered well, and as
 * many in a time as come in it. Rates rise by half until one is too high; then the interval is
 * halved four times, to 3 %. What it finds is a rate that has worked.
 */
final class CapacityRamp {

  private static final Logger log = LoggerFactory.getLogger(CapacityRamp.class);

  private static final double GROWTH = 1.5;
  private static final int HALVINGS = 4;
  private static final double GOOD = 0.98;
  private static final double KEPT_UP = 0.96;
  private static final double MAX_RATE = 1_000_000;

  private final Time time;
  private final Request request;
  private final CheckTimes times;

  CapacityRamp(Time time, Request request, CheckTimes times) {
    this.time = time;
    this.request = request;
    this.times = times;
  }

  double measure(double first) throws InterruptedException {
    double good = 0;
    double tooHigh = 0;
    for (double rate = first; tooHigh == 0; rate *= GROWTH) {
      if (rate > MAX_RATE) {
        throw new IllegalStateException(
            "capacity: more than "
                + good
                + " requests a second (expected: an end; give the capacity)");
      }
      if (keepsUp(rate)) {
        good = rate;
      } else {
        tooHigh = rate;
      }
    }
    if (good == 0) {
      throw new IllegalStateException(
          "capacity: less than " + first + " requests a second (expected: more; begin lower)");
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (good + tooHigh) / 2;
      if (keepsUp(middle)) {
        good = middle;
      } else {
        tooHigh = middle;
      }
    }
    return good;
  }

  private boolean keepsUp(double rate) throws InterruptedException {
    int most = CollapseCheck.maxUnderWay(rate, times.deadline());
    OpenLoop loop = new OpenLoop(time, request, times.deadline(), most);
    long start = time.nanos();
    GoodputRecord record = new GoodputRecord(start, times.window());
    loop.begin();
    int windows = record.endedBy(start + times.rampStep().toNanos());
    loop.sendUntil(record.beginOf(windows), rate, record);
    double throughput = record.throughput(windows / 2, windows);
    loop.awaitIdle(time.nanos() + times.deadline().toNanos());
    double share = record.share(0, windows);
    boolean kept = share >= GOOD && throughput >= KEPT_UP;
    log.info(
        "capacity: {} requests a second: {}, {} good",
        Math.round(rate),
        kept ? "kept up" : "too many",
        CellText.percent(share));
    if (!kept) {
      // What is left of them must not spoil the next step.
      time.sleepUntil(time.nanos() + 2 * times.deadline().toNanos());
    }
    return kept;
  }
}
