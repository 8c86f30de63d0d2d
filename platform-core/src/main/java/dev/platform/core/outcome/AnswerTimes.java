package dev.platform.core.outcome;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long the recent answers of one method took, and by that, which time is a fair chance for a
 * call of it. The last 1000 answers or so count; they do not age while nothing is answered, so that
 * a method that begins to hang is judged by what it did before, unless its user lets them ({@link
 * #forgetHalf}). Times are in nanoseconds. Thread-safe, never blocks.
 */
public final class AnswerTimes {

  /** So many answers make a usual time. */
  static final int KNOWN = 10;

  /** After so many unanswered calls in a row, half of the answers decide. */
  static final int UNANSWERED = 5;

  /** While there is no usual time, half of the call's own deadline is enough, within these. */
  static final long LEAST_ASSUMED = Duration.ofMillis(100).toNanos();

  static final long MOST_ASSUMED = Duration.ofMillis(250).toNanos();

  private static final int REMEMBERED = 1000;

  /** Eight buckets for each power of two: a bucket's upper bound is at most an eighth too high. */
  private static final int BUCKET_BITS = 3;

  private static final int BUCKETS = (Long.SIZE - BUCKET_BITS) << BUCKET_BITS;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
  private final AtomicInteger total = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean forgetting = new AtomicBoolean();
  private final int remembered;

  /** None yet. */
  public AnswerTimes() {
    this(REMEMBERED);
  }

  /**
   * @param remembered after so many answers half of their weight is forgotten
   */
  AnswerTimes(int remembered) {
    this.remembered = remembered;
  }

  /** A call was answered with OK after this time. */
  public void answered(long nanos) {
    heard();
    counts.incrementAndGet(bucket(nanos));
    // Others may answer, as many again, before this thread forgets.
    if (total.incrementAndGet() >= remembered && forgetting.compareAndSet(false, true)) {
      try {
        if (total.get() >= remembered) {
          forgetHalf();
        }
      } finally {
        forgetting.set(false);
      }
    }
  }

  /** Something was answered, of which the time says nothing: an error, or a part of a stream. */
  public void heard() {
    if (unanswered.get() != 0) {
      unanswered.set(0);
    }
  }

  /**
   * A call had no answer at its deadline.
   *
   * @param given the time that it had
   */
  public void unanswered(long given) {
    if (isKnown() && given >= percentile(50)) {
      unanswered.incrementAndGet();
    }
  }

  /** Whether there were enough answers to know the method's usual time. */
  public boolean isKnown() {
    return total.get() >= KNOWN;
  }

  /**
   * Whether a call that had this time had a fair chance: 99 of 100 recent answers took no longer.
   * After five unanswered calls in a row, half of the answers are enough: a method that hangs has
   * no other calls than those with too little time, if all of its callers leave it too little.
   *
   * @param own the call's own deadline, after its start; 0 for none. It counts while the usual time
   *     is not known
   */
  public boolean isFair(long given, long own) {
    if (isKnown()) {
      return given >= percentile(99) || (unanswered.get() > UNANSWERED && given >= percentile(50));
    }
    return given
        >= (own == 0 ? MOST_ASSUMED : Math.max(LEAST_ASSUMED, Math.min(own / 2, MOST_ASSUMED)));
  }

  /**
   * The time within which this percentage of the recent answers came; at most an eighth too high. 0
   * without any answer.
   */
  public long percentile(int percentage) {
    long wanted = Math.max(1, ((long) total.get() * percentage + 99) / 100);
    long seen = 0;
    long last = 0;
    for (int i = 0; i < BUCKETS; i++) {
      int count = counts.get(i);
      if (count > 0) {
        last = upperBound(i);
        seen += count;
        if (seen >= wanted) {
          break;
        }
      }
    }
    return last;
  }

  /** Halves the weight of all answers of before. Others may count meanwhile. */
  public void forgetHalf() {
    int forgotten = 0;
    for (int i = 0; i < BUCKETS; i++) {
      if (counts.get(i) > 0) {
        int before = counts.getAndUpdate(i, count -> count / 2);
        forgotten += before - before / 2;
      }
    }
    total.addAndGet(-forgotten);
  }

  private static int bucket(long nanos) {
    long value = Math.max(nanos, 1L << BUCKET_BITS);
    int shift = Long.SIZE - 1 - BUCKET_BITS - Long.numberOfLeadingZeros(value);
    return (shift << BUCKET_BITS) + (int) (value >>> shift) - (1 << BUCKET_BITS);
  }

  private static long upperBound(int bucket) {
    int shift = bucket >>> BUCKET_BITS;
    long mantissa = (bucket & ((1 << BUCKET_BITS) - 1)) + (1L << BUCKET_BITS);
    return ((mantissa + 1) << shift) - 1;
  }
}
