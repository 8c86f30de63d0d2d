package dev.platform.core.deadline;

import dev.platform.core.deadline.ServedMethod.Reason;
import dev.platform.core.deadline.UsualTime.Admission;
import dev.platform.core.outcome.Rejection;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that was let in. Its handler runs after the half-close that follows: if the call had
 * to wait for a thread until then, its time is compared again. The handler's time is counted from
 * there, whether its caller still waits or not.
 */
final class TimedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final ServedMethod method;
  private final UsualTime usual;
  private final @Nullable Deadline deadline;
  private final LongSupplier nanoTime;
  // written before the handler runs
  private Admission admission;
  private boolean begun;
  private long begunAt;

  TimedCall(
      ServerCall<Q, A> call,
      ServedMethod method,
      UsualTime usual,
      Admission admission,
      @Nullable Deadline deadline,
      LongSupplier nanoTime) {
    super(call);
    this.method = method;
    this.usual = usual;
    this.admission = admission;
    this.deadline = deadline;
    this.nanoTime = nanoTime;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (begun && status.isOk()) {
      usual.answered(nanoTime.getAsLong() - begunAt);
      if (admission == Admission.PROBE && deadline != null) {
        usual.probed(!deadline.isExpired());
      }
    }
    super.close(status, trailers);
  }

  ServerCall.Listener<Q> listen(ServerCall.Listener<Q> handler) {
    return new SimpleForwardingServerCallListener<>(handler) {

      @Override
      public void onHalfClose() {
        if (begins()) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        cancelled();
        super.onCancel();
      }
    };
  }

  /** Otherwise the call is refused. */
  private boolean begins() {
    long now = nanoTime.getAsLong();
    if (deadline != null) {
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      Reason reason = method.refusal(left);
      if (reason == null && admission == Admission.FAIR) {
        admission = usual.admission(left, now);
        reason = admission == Admission.REFUSED ? Reason.USUAL : null;
      }
      if (reason != null) {
        super.close(method.refuse(reason, left, now), Rejection.DEADLINE.trailers());
        return false;
      }
    }
    begunAt = now;
    begun = true;
    return true;
  }

  private void cancelled() {
    if (deadline != null && deadline.isExpired()) {
      DeadlineEvents.add(Span.current(), "caller");
      if (begun && admission == Admission.PROBE) {
        usual.probed(false);
      }
    }
  }
}
