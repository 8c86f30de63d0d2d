package dev.platform.core.call;

import dev.platform.core.outcome.AnswerTimes;
import dev.platform.core.outcome.ShortDeadlineException;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one call: its own and that of the incoming call that makes it, and whether they
 * left the callee a fair chance. Thread-safe.
 */
final class CallDeadlines {

  private final CallRecorder recorder;
  private final String target;
  private final MethodDescriptor<?, ?> method;
  private volatile @Nullable Deadline own;
  private volatile @Nullable Deadline callers;
  // written before there is an attempt, or by the first one
  private volatile long ownNanos;
  private volatile long givenNanos;
  private long configuredNanos;

  CallDeadlines(
      CallRecorder recorder, String target, MethodDescriptor<?, ?> method, @Nullable Deadline own) {
    this.recorder = recorder;
    this.target = target;
    this.method = method;
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
   * the incoming call, or the usual time of its answers. A stream that has answered and is ended by
   * the deadline of the incoming call was not too slow, unless its usual time is known.
   */
  boolean wereFair(long given, boolean answered) {
    if (!recorder.needsFairChance() || effective() == null) {
      return true;
    }
    boolean whole = configuredNanos > 0 && given >= configuredNanos - configuredNanos / 10;
    if (whole && isOwnFirst()) {
      return true;
    }
    AnswerTimes times = times();
    boolean open = answered && !times.isKnown() && method.getType() != MethodType.UNARY;
    return !open && times.isFair(given, ownNanos);
  }

  /** Remembers how the callee answered. */
  void ended(Status status, @Nullable AttemptRecord last, long startedAt, long endedAt) {
    if (last == null) {
      return;
    }
    if (status.isOk()) {
      times().answered(endedAt - (last.info().isHedging() ? startedAt : last.startedAt()));
    } else if (status.getCode() == Code.DEADLINE_EXCEEDED) {
      times().unanswered(givenNanos);
    } else if (last.trailers() != null) {
      times().heard();
    }
  }

  /** The cause of a status that does not count. */
  Exception excuse() {
    return new ShortDeadlineException(method.getFullMethodName(), Duration.ofNanos(givenNanos));
  }

  private AnswerTimes times() {
    return recorder.times(target, method.getFullMethodName());
  }
}
