package dev.platform.core.concurrency;

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
  private final LimitedMethod method;
  private final int inFlightAtStart;
  private final @Nullable Deadline deadline;
  private final LongSupplier nanos;
  // written before the handler runs
  private long beganAt;

  AdmittedCall(
      ServerCall<Q, A> call,
      ConcurrencyLimit limit,
      LimitedMethod method,
      int inFlightAtStart,
      @Nullable Deadline deadline,
      LongSupplier nanos) {
    super(call);
    this.limit = limit;
    this.method = method;
    this.inFlightAtStart = inFlightAtStart;
    this.deadline = deadline;
    this.nanos = nanos;
    this.beganAt = nanos.getAsLong();
  }

  /**
   * Only successful calls and calls that timed out are latency samples. Of the latter only those
   * that had a fair chance: to end at a deadline after 10 ms does not mean that 10 ms were enough.
   */
  @Override
  public void close(Status status, Metadata trailers) {
    if (status.isOk()) {
      long now = nanos.getAsLong();
      method.times().answered(now - beganAt);
      limit.sample(method.unhindered(), beganAt, now, inFlightAtStart, true);
    } else if (status.getCode() == Code.DEADLINE_EXCEEDED) {
      timedOut();
    }
    super.close(status, trailers);
  }

  ServerCall.Listener<Q> listen(ServerCall.Listener<Q> handler) {
    return new SimpleForwardingServerCallListener<>(handler) {

      /** What it waited for a thread before is not due to the calls that were admitted. */
      @Override
      public void onHalfClose() {
        beganAt = nanos.getAsLong();
        super.onHalfClose();
      }

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
    if (method.times().isFair(now - beganAt, 0)) {
      limit.sample(method.unhindered(), beganAt, now, inFlightAtStart, false);
    }
    method.times().unanswered(now - beganAt);
  }
}
