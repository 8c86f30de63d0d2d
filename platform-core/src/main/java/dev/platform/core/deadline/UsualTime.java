package dev.platform.core.deadline;

import dev.platform.core.outcome.AnswerTimes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long the calls of one method usually take in this process: three quarters of the recent
 * successful answers took longer. Refused calls are never counted, and what is known fades: half of
 * its weight is gone after five seconds, and with too few answers nothing is known.
 *
 * <p>What is known may be wrong for calls that were not let in. So one call a second with too
 * little time is let in all the same, as a probe. While all probes of a second are answered in
 * time, twice as many are let in in the next one; after one that was not, it is one again. Times
 * are in nanoseconds. Thread-safe, never blocks but for the moment of a change each second.
 */
final class UsualTime {

  /** A call with too little time is let in as a probe. */
  enum Admission {
    FAIR,
    PROBE,
    REFUSED
  }

  private static final int PERCENTAGE = 25;

  /** The histogram's buckets are at most an eighth too high; what is refused must be certain. */
  private static final double CERTAIN = 7 / 8.0;

  private static final long TURN = TimeUnit.SECONDS.toNanos(1);
  private static final int TURNS_TO_HALF = 5;

  /** After so many halves nothing is left of a thousand answers. */
  private static final int MOST_HALVES = 12;

  /** A power of two. */
  private static final int ANSWERS_TO_REFRESH = 32;

  private static final int MOST_PROBES = 1 << 20;

  private final AnswerTimes times = new AnswerTimes();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger probesLeft = new AtomicInteger(1);
  private final AtomicInteger probesAnswered = new AtomicInteger();
  private final AtomicInteger probesFailed = new AtomicInteger();

  // written under the lock, or after an answer, whichever is last
  private volatile long usual;
  // guarded by this for writing
  private volatile long turnedAt;
  // guarded by this
  private long turns;
  private int probes = 1;

  /**
   * @param now monotonic time
   */
  UsualTime(long now) {
    this.turnedAt = now;
  }

  /**
   * Decides about a call.
   *
   * @param left the time before its deadline
   */
  Admission admission(long left, long now) {
    if (now - turnedAt >= TURN) {
      turn(now);
    }
    if (left >= usual) {
      return Admission.FAIR;
    }
    return probesLeft.get() > 0 && probesLeft.getAndDecrement() > 0
        ? Admission.PROBE
        : Admission.REFUSED;
  }

  /** The usual time; 0 while it is not known. */
  long nanos() {
    return usual;
  }

  /** A call was answered with OK after this time, counted from the beginning of its handler. */
  void answered(long took) {
    times.answered(took);
    if ((answers.incrementAndGet() & (ANSWERS_TO_REFRESH - 1)) == 0) {
      refresh();
    }
  }

  /** A probe was answered with OK, in time or not, or was not answered before its deadline. */
  void probed(boolean inTime) {
    (inTime ? probesAnswered : probesFailed).incrementAndGet();
  }

  private synchronized void turn(long now) {
    long passed = (now - turnedAt) / TURN;
    if (passed <= 0) {
      return;
    }
    turnedAt = turnedAt + passed * TURN;
    long halves = (turns + passed) / TURNS_TO_HALF;
    turns = (turns + passed) % TURNS_TO_HALF;
    for (long i = Math.min(halves, MOST_HALVES); i > 0; i--) {
      times.forgetHalf();
    }
    refresh();
    int answered = probesAnswered.getAndSet(0);
    if (probesFailed.getAndSet(0) > 0) {
      probes = 1;
    } else if (answered > 0) {
      probes = Math.min(2 * probes, MOST_PROBES);
    }
    probesLeft.set(probes);
  }

  private void refresh() {
    usual = times.isKnown() ? (long) (times.percentile(PERCENTAGE) * CERTAIN) : 0;
  }
}
