package dev.platform.core.balancer;

import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * How long the called methods of one service usually take, over all of its instances: an instance
 * that happened to get the slow methods is not a slow instance. Bounded, thread-safe, never blocks.
 */
final class UsualTimes {

  /** Methods beyond these share one usual time. */
  private static final int MOST = 500;

  private final ConcurrentMap<String, Usual> methods = new ConcurrentHashMap<>();
  private final Usual others = new Usual();

  Usual of(MethodDescriptor<?, ?> method) {
    String name = method.getFullMethodName();
    Usual known = methods.get(name);
    if (known != null) {
      return known;
    }
    return methods.size() < MOST ? methods.computeIfAbsent(name, unused -> new Usual()) : others;
  }

  /**
   * The usual time of one method: a moving geometric mean of its successful answers, which a late
   * answer moves little. When two threads write at once, one answer is lost; none matters alone.
   */
  static final class Usual {

    /** The mean is that of about so many answers. */
    private static final int REMEMBERED = 64;

    /**
     * Is added to each time, in nanoseconds. Pauses of schedulers and collectors are of this size:
     * an instance that answers in 0.3 ms in place of 0.1 ms is not three times slower.
     */
    private static final long GRAIN = TimeUnit.MICROSECONDS.toNanos(500);

    private static final double LN_2 = Math.log(2);

    /** The logarithm of the usual time; only meaningful with answers. */
    private volatile double mean;

    private volatile int answers;

    /** How many octaves more than usual this time is; 0 while nothing is usual. */
    double octaves(long nanos) {
      return answers == 0 ? 0 : log(nanos) - mean;
    }

    /** The usual time in nanoseconds; 0 while nothing is usual. */
    long nanos() {
      return answers == 0 ? 0 : (long) Math.exp(mean * LN_2);
    }

    /** An answer took this time. */
    void answered(long nanos) {
      int count = Math.min(answers + 1, REMEMBERED);
      // Read once: a mean that another thread has changed in between would be far off.
      double before = mean;
      mean = before + (log(nanos) - before) / count;
      answers = count;
    }

    private static double log(long nanos) {
      return Math.log(Math.max(0, nanos) + GRAIN) / LN_2;
    }
  }
}
