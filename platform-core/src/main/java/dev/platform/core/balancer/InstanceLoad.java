package dev.platform.core.balancer;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.outcome.CallOutcome;
import io.grpc.Attributes;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts to one instance say about how soon it would answer another: how slow it is
 * compared with others, and how much is under way. Times are in nanoseconds. Thread-safe, never
 * blocks; what a pick reads allocates nothing.
 */
final class InstanceLoad {

  /** The load of the instance that a subchannel leads to. */
  static final Attributes.Key<InstanceLoad> KEY =
      Attributes.Key.create("dev.platform.instance-load");

  /** With so many streams or more an instance counts as twice as slow. */
  private static final double MANY_STREAMS = 100;

  /** The first part of its share that an instance gets which is eased in. */
  private static final double FIRST_SHARE = 0.1;

  /** The part of an answer's time that counts for the mean that people see. */
  private static final int LATENCY_BITS = 3;

  private static final AtomicIntegerFieldUpdater<InstanceLoad> CALLS =
      AtomicIntegerFieldUpdater.newUpdater(InstanceLoad.class, "calls");
  private static final AtomicIntegerFieldUpdater<InstanceLoad> STREAMS =
      AtomicIntegerFieldUpdater.newUpdater(InstanceLoad.class, "streams");
  private static final AtomicLongFieldUpdater<InstanceLoad> UNANSWERED_SINCE =
      AtomicLongFieldUpdater.newUpdater(InstanceLoad.class, "unansweredSince");
  private static final AtomicReferenceFieldUpdater<InstanceLoad, EasingIn> EASING =
      AtomicReferenceFieldUpdater.newUpdater(InstanceLoad.class, EasingIn.class, "easing");

  private final UsualTimes usual;
  private final Avoidance avoidance;
  private final Slowness slowness = new Slowness();
  private volatile int calls;
  private volatile int streams;

  /** When the first unary call was sent after which nothing was received; 0 for none. */
  private volatile long unansweredSince;

  /** How long that call usually takes; 0 if nobody knows. */
  private volatile long unansweredUsual;

  private volatile long latency;

  /** Null for its whole share. */
  private volatile @Nullable EasingIn easing;

  /** Written by each pick, in any order: see the picker. */
  private double turn;

  /** From a time on, for so long. */
  private record EasingIn(long since, long window) {}

  /** Whether calls should go elsewhere for now. On any thread. */
  interface Avoidance {

    /** Whether this holds for some instance of the service. */
    boolean isAny();

    /** Whether it holds for this one. */
    boolean isThis();
  }

  /**
   * @param usual the usual times of the service's methods
   */
  InstanceLoad(UsualTimes usual, Avoidance avoidance) {
    this.usual = usual;
    this.avoidance = avoidance;
  }

  // What attempts report

  void sent(AttemptRecord attempt) {
    if (!isUnary(attempt)) {
      STREAMS.incrementAndGet(this);
      return;
    }
    CALLS.incrementAndGet(this);
    if (unansweredSince == 0) {
      unansweredUsual = usual.of(attempt.call().method()).nanos();
      UNANSWERED_SINCE.compareAndSet(this, 0, attempt.sentAt() | 1);
    }
  }

  /** Something was received. */
  void heard() {
    if (unansweredSince != 0) {
      unansweredSince = 0;
    }
  }

  /** An attempt ended; one that was never sent counts nothing. */
  void ended(AttemptRecord attempt) {
    if (attempt.connection() == null) {
      return;
    }
    if (!isUnary(attempt)) {
      STREAMS.decrementAndGet(this);
      return;
    }
    CALLS.decrementAndGet(this);
    long now = attempt.endedAt();
    long took = now - attempt.sentAt();
    UsualTimes.Usual method = usual.of(attempt.call().method());
    Status status = attempt.status();
    if (status == null) {
      return;
    }
    if (status.isOk()) {
      slowness.answered(method.octaves(took), now);
      method.answered(took);
      long mean = latency;
      latency = mean == 0 ? took : mean + ((took - mean) >> LATENCY_BITS);
    } else if (isFailure(attempt, status.getCode())) {
      slowness.failed(now);
    } else if (attempt.trailers() == null) {
      slowness.atLeast(method.octaves(took), now);
    }
  }

  /** Also what the outcome leaves aside: who refuses quickly must not attract calls by that. */
  private static boolean isFailure(AttemptRecord attempt, Code code) {
    return attempt.outcome() == CallOutcome.FAILURE
        || code == Code.UNAVAILABLE
        || code == Code.RESOURCE_EXHAUSTED;
  }

  private static boolean isUnary(AttemptRecord attempt) {
    return attempt.call().type() == MethodType.UNARY;
  }

  // What its connection reports

  /**
   * It is connected, or may be called again: what was known no longer counts.
   *
   * @param window during which its share of calls rises; 0 for its whole share at once
   */
  void restart(long now, long window) {
    slowness.forget();
    heard();
    easing = window == 0 ? null : new EasingIn(now, window);
  }

  // What picks ask

  /** Whether calls should go elsewhere for now. */
  boolean isAvoided() {
    return avoidance.isThis();
  }

  /** Whether that holds for some instance of the service: asked first, it saves asking each. */
  boolean isAnyAvoided() {
    return avoidance.isAny();
  }

  /**
   * How slow it is, in octaves: 0 is the usual time, 1 twice as long. A call that waits for the
   * instance's next sign of life counts with its age, so that a sudden pause is noticed at once.
   */
  double slowness(long now) {
    double known = slowness.at(now);
    int open = streams;
    if (open != 0) {
      known += Math.min(1, open / MANY_STREAMS);
    }
    long since = unansweredSince;
    if (since == 0) {
      return known;
    }
    long time = unansweredUsual;
    long waited = now - since;
    return time == 0 || waited < 2 * time ? known : Math.max(known, wholeOctaves(waited / time));
  }

  private static int wholeOctaves(long times) {
    return Long.SIZE - 1 - Long.numberOfLeadingZeros(times);
  }

  /** Whether it may get less than its share of calls. */
  boolean isEasedIn() {
    return easing != null;
  }

  /** The part of its share of calls that it gets, 0 to 1. */
  double easedIn(long now) {
    EasingIn current = easing;
    if (current == null) {
      return 1;
    }
    long time = Math.max(0, now - current.since);
    if (time < current.window) {
      return FIRST_SHARE + (1 - FIRST_SHARE) * time / current.window;
    }
    // Unless it has connected again meanwhile.
    EASING.compareAndSet(this, current, null);
    return 1;
  }

  /** What is under way; for a stream, all that is open. */
  int underWay(boolean stream) {
    return stream ? calls + streams : calls;
  }

  /** When it is its turn, in the picker's count. */
  double turn() {
    return turn;
  }

  void nextTurn(double next) {
    turn = next;
  }

  // What people see

  /** The mean time of its last answers; 0 before the first. */
  long latency() {
    return latency;
  }

  int calls() {
    return calls;
  }

  int streams() {
    return streams;
  }

  /** When the first unary call was sent after which nothing was received; 0 for none. */
  long unansweredSince() {
    return unansweredSince;
  }
}
