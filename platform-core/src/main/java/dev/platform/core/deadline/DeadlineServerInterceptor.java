package dev.platform.core.deadline;

import dev.platform.core.deadline.ServedMethod.Reason;
import dev.platform.core.deadline.UsualTime.Admission;
import dev.platform.core.outcome.Rejection;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Refuses a call whose deadline has passed, is too close for its method, or is closer than the time
 * that its method usually takes, with DEADLINE_EXCEEDED and a pushback that forbids retries: nobody
 * works for a caller who will be gone. gRPC alone would start a call that has waited for a thread
 * until after its deadline. The usual time is that of recent successful answers ({@link
 * UsualTime}); one call a second with less is let in all the same, so that a method that has become
 * faster is noticed. Thread-safe, never blocks.
 */
public final class DeadlineServerInterceptor implements ServerInterceptor {

  /** Further methods are not remembered: of them no usual time is known. */
  private static final int MOST_METHODS = 1000;

  private final DeadlineSettings properties;
  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, ServedMethod> methods = new ConcurrentHashMap<>();

  /**
   * @param meters counts refused calls
   * @param nanoTime monotonic time in nanoseconds
   */
  public DeadlineServerInterceptor(
      DeadlineSettings properties, MeterRegistry meters, LongSupplier nanoTime) {
    this.properties = properties;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Deadline deadline = Context.current().getDeadline();
    ServedMethod method = method(call.getMethodDescriptor());
    UsualTime usual = method.usual();
    Admission admission = Admission.FAIR;
    if (deadline != null) {
      long now = nanoTime.getAsLong();
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      Reason reason = method.refusal(left);
      if (reason == null && usual != null) {
        admission = usual.admission(left, now);
        reason = admission == Admission.REFUSED ? Reason.USUAL : null;
      }
      if (reason != null) {
        call.close(method.refuse(reason, left, now), Rejection.DEADLINE.trailers());
        return new ServerCall.Listener<>() {};
      }
    }
    if (usual != null) {
      TimedCall<Q, A> timed = new TimedCall<>(call, method, usual, admission, deadline, nanoTime);
      return timed.listen(next.startCall(timed, headers));
    }
    return deadline == null
        ? next.startCall(call, headers)
        : new DeadlineServerListener<>(next.startCall(call, headers), deadline);
  }

  private ServedMethod method(MethodDescriptor<?, ?> descriptor) {
    ServedMethod known = methods.get(descriptor.getFullMethodName());
    return known == null ? add(descriptor) : known;
  }

  private ServedMethod add(MethodDescriptor<?, ?> descriptor) {
    ServedMethod added = new ServedMethod(descriptor, properties, meters, nanoTime.getAsLong());
    if (methods.size() >= MOST_METHODS) {
      return added;
    }
    ServedMethod first = methods.putIfAbsent(descriptor.getFullMethodName(), added);
    return first == null ? added : first;
  }
}
