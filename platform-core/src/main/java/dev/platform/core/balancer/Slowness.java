package dev.platform.core.balancer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How slow one instance is, compared with what is usual: a number of octaves, 0 for the usual time,
 * 1 for twice as long, -1 for half of it. Thread-safe, never blocks; reading allocates nothing.
 *
 * <p>It is a moving average that is sensitive to peaks, after <a
 * href="https://github.com/twitter/finagle/blob/develop/finagle-core/src/main/scala/com/twitter/finagle/loadbalancer/PeakEwma.scala">Finagle's
 * Peak EWMA</a>, which <a
 * href="https://docs.rs/tower/latest/tower/load/struct.PeakEwma.html">tower</a> and Linkerd use,
 * too: a slower answer counts at once, a faster one in part, and what nobody has confirmed fades
 * with a half-life of seven seconds (a mean lifetime of ten), so that a slow instance is tried
 * again. Two things differ, because a single late answer is noise in any fleet: one answer adds
 * half an octave at most, unless the two before were very late, too; and quick answers lower the
 * estimate by their number, not by time alone.
 */
final class Slowness {

  /** Within which an unconfirmed estimate halves. */
  static final long HALF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(7);

  /** One answer adds so many octaves at most. */
  static final double RISE = 0.5;

  /** A failure adds so many. */
  static final double FAILURE = 1;

  /** So many octaves more than usual is late. */
  static final double LATE = 3;

  /** So many late answers in a row are no noise. */
  private static final int LATE_IN_A_ROW = 3;

  /** The part of a faster answer that counts. */
  static final double FALL = 1.0 / 8;

  /** A thousand times as long as usual, or a thousandth. */
  private static final double MOST = 10;

  /** Times are kept in units of about four milliseconds: 30 bits are enough for weeks. */
  private static final int UNIT_BITS = 22;

  private static final int COUNT_BITS = 2;
  private static final int COUNT = (1 << COUNT_BITS) - 1;

  private static final double FADING = (double) (1L << UNIT_BITS) / HALF_LIFE_NANOS;

  private static final AtomicLongFieldUpdater<Slowness> STATE =
      AtomicLongFieldUpdater.newUpdater(Slowness.class, "state");

  /** The estimate as a float, when it was made, and how many late answers in a row came last. */
  private volatile long state;

  /** The estimate at a time. */
  double at(long now) {
    return read(state, now);
  }

  private static double read(long state, long now) {
    float estimate = Float.intBitsToFloat((int) (state >>> Integer.SIZE));
    if (estimate == 0) {
      return 0;
    }
    int age = (time(now) - ((int) state & ~COUNT)) >> COUNT_BITS;
    if (age <= 0) {
      return estimate;
    }
    double faded = age * FADING;
    if (estimate > 0) {
      return estimate > faded ? estimate - faded : 0;
    }
    return -estimate > faded ? estimate + faded : 0;
  }

  /** An answer took so many octaves more than usual. */
  void answered(double octaves, long now) {
    long before;
    double next;
    int late;
    do {
      before = state;
      double current = read(before, now);
      late = octaves < LATE ? 0 : Math.min((int) before & COUNT, LATE_IN_A_ROW - 1) + 1;
      if (octaves <= current) {
        next = current + (octaves - current) * FALL;
      } else if (late == LATE_IN_A_ROW) {
        next = octaves;
      } else {
        next = Math.min(octaves, current + RISE);
      }
    } while (!STATE.compareAndSet(this, before, pack(next, now, late)));
  }

  /** An attempt failed: the more do, the slower it counts. */
  void failed(long now) {
    long before;
    long next;
    do {
      before = state;
      next = pack(read(before, now) + FAILURE, now, (int) before & COUNT);
    } while (!STATE.compareAndSet(this, before, next));
  }

  /** An attempt ended without an answer after so many octaves more than an answer takes. */
  void atLeast(double octaves, long now) {
    if (octaves > at(now)) {
      answered(octaves, now);
    }
  }

  /** Nothing is known. */
  void forget() {
    state = 0;
  }

  private static int time(long now) {
    return (int) (now >> UNIT_BITS) << COUNT_BITS;
  }

  private static long pack(double estimate, long now, int late) {
    float bounded = (float) Math.max(-MOST, Math.min(MOST, estimate));
    return ((long) Float.floatToRawIntBits(bounded) << Integer.SIZE)
        | ((time(now) | late) & 0xFFFF_FFFFL);
  }
}
