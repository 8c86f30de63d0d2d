package dev.platform.core.deadline;

import dev.platform.core.outcome.Rejection;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a call whose deadline has passed, or is too close for its method, with DEADLINE_EXCEEDED.
 * gRPC alone would start a call that has waited for a thread until after its deadline. Thread-safe,
 * never blocks.
 */
public final class DeadlineServerInterceptor implements ServerInterceptor {

  private final DeadlineSettings properties;

  public DeadlineServerInterceptor(DeadlineSettings properties) {
    this.properties = properties;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return next.startCall(call, headers);
    }
    Duration minimum = DeadlineSettings.of(properties.minimums(), call.getMethodDescriptor());
    long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    if (left > (minimum == null ? 0 : minimum.toNanos())) {
      return new DeadlineServerListener<>(next.startCall(call, headers), deadline);
    }
    call.close(
        Status.DEADLINE_EXCEEDED.withDescription(
            "%s was not started: %d ms are left before its deadline%s"
                .formatted(
                    call.getMethodDescriptor().getFullMethodName(),
                    Math.max(0, TimeUnit.NANOSECONDS.toMillis(left)),
                    needed(minimum))),
        Rejection.DEADLINE.trailers());
    return new ServerCall.Listener<>() {};
  }

  private static String needed(@Nullable Duration minimum) {
    return minimum == null ? "" : ", the minimum is " + minimum.toMillis() + " ms";
  }
}
