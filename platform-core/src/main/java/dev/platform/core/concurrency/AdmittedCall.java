package dev.platform.core.concurrency;

import dev.platform.core.outcome.AnswerTimes;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An admitted call, which counts until gRPC reports its end. For a handler that runs on gRPC's
 * thread that is after it has returned, even if the caller has cancelled: work in progress counts.
 */
final class AdmittedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final ConcurrencyLimit limit;
  private final AnswerTimes times;
  private final int inFlightAtStart;
  private final @Nullable Deadline deadline;
  private final LongSupplier nanos;
  private final long startedAt;

  AdmittedCall(
      ServerCall<Q, A> call,
      ConcurrencyLimit limit,
      AnswerTimes times,
      int inFlightAtStart,
      @Nullable Deadline deadline,
      LongSupplier nanos) {
    super(call);
    this.limit = limit;
    this.times = times;
    this.inFlightAtStart = inFlightAtStart;
    this.deadline = deadline;
    this.nanos = nanos;
    this.startedAt = nanos.getAsLong();
  }

  /**
   * Only successful calls and calls that timed out are latency samples. Of the latter only those
   * that had a fair chance: to end at a deadline after 10 ms does not mean that 10 ms were enough.
   */
  @Override
  public void close(Status status, Metadata trailers) {
    if (status.isOk()) {
      long now = nanos.getAsLong();
      times.answered(now - startedAt);
      limit.sample(startedAt, now, inFlightAtStart, false);
    } else if (status.getCode() == Code.DEADLINE_EXCEEDED) {
      timedOut();
    }
    super.close(status, trailers);
  }

  ServerCall.Listener<Q> listen(ServerCall.Listener<Q> handler) {
    return new SimpleForwardingServerCallListener<>(handler) {

      @Override
      public void onComplete() {
        limit.leave();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        limit.leave();
        if (deadline != null && deadline.isExpired()) {
          timedOut();
        }
        super.onCancel();
      }
    };
  }

  private void timedOut() {
    long now = nanos.getAsLong();
    if (times.isFair(now - startedAt, 0)) {
      limit.sample(startedAt, now, inFlightAtStart, true);
    }
    times.unanswered(now - startedAt);
  }
}
