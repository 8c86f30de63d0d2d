package dev.platform.core.call;

import dev.platform.core.outcome.AnswerTimes;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one call: its own and that of the incoming call that makes it, and whether they
 * left the callee a fair chance. Thread-safe.
 */
final class CallDeadlines {

  private volatile @Nullable Deadline own;
  private volatile @Nullable Deadline callers;
  // written before there is an attempt, or by the first one
  private volatile long ownNanos;
  private volatile long givenNanos;
  private long configuredNanos;

  CallDeadlines(@Nullable Deadline own) {
    this.own = own;
  }

  void own(@Nullable Deadline deadline) {
    own = deadline;
  }

  void configured(@Nullable Duration timeout) {
    configuredNanos = timeout == null ? 0 : timeout.toNanos();
  }

  /** The call starts; only the time from now on is given to the callee. */
  void started(@Nullable Deadline incoming) {
    callers = incoming;
    measure();
  }

  /** An interceptor between the record and the channel may have changed the call's own. */
  void changed(@Nullable Deadline deadline) {
    if (deadline != null && deadline != own) {
      own = deadline;
      measure();
    }
  }

  private void measure() {
    ownNanos = remaining(own);
    givenNanos = isOwnFirst() ? ownNanos : remaining(callers);
  }

  private static long remaining(@Nullable Deadline deadline) {
    return deadline == null ? 0 : deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  @Nullable Deadline effective() {
    return isOwnFirst() ? own : callers;
  }

  boolean isOwnFirst() {
    Deadline mine = own;
    Deadline theirs = callers;
    return mine != null && (theirs == null || mine.isBefore(theirs));
  }

  boolean isExpired() {
    Deadline deadline = effective();
    return deadline != null && deadline.isExpired();
  }

  /** The time that is left, in nanoseconds; 0 without a deadline. */
  long left() {
    return remaining(effective());
  }

  /** The time that was left at the start of the call, in nanoseconds; 0 without a deadline. */
  long given() {
    return givenNanos;
  }

  /**
   * Whether this time was a fair chance for the callee: the configured timeout, not shortened by
   * the incoming call, or the usual time of its answers.
   */
  boolean isFair(long given, AnswerTimes times) {
    boolean whole = configuredNanos > 0 && given >= configuredNanos - configuredNanos / 10;
    return (whole && isOwnFirst()) || times.isFair(given, ownNanos);
  }
}
