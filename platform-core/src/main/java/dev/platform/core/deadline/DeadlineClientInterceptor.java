package dev.platform.core.deadline;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/**
 * Sets the deadline of each unary client call that has none, and of streams for which a timeout is
 * configured. gRPC itself applies the deadline of the incoming call, which is in its {@code
 * Context}. Needs a {@link dev.platform.core.call.CallRecorder} outside. Thread-safe, never blocks.
 */
public final class DeadlineClientInterceptor implements ClientInterceptor {

  private final DeadlineSettings properties;

  public DeadlineClientInterceptor(DeadlineSettings properties) {
    this.properties = properties;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCallRecord call = ClientCallRecord.of(options);
    CallOptions timed = withDeadline(method, options, call.recorder());
    call.ownDeadline(timed.getDeadline());
    call.configuredTimeout(properties.timeout(method));
    call.listen(DeadlineEvents.CLIENT);
    return next.newCall(method, timed);
  }

  private CallOptions withDeadline(
      MethodDescriptor<?, ?> method, CallOptions options, CallRecorder time) {
    Duration max = properties.maxTimeout();
    Deadline own = options.getDeadline();
    if (own != null) {
      return max == null ? options : options.withDeadline(own.minimum(time.deadlineAfter(max)));
    }
    Duration timeout = properties.timeout(method);
    return timeout == null ? options : options.withDeadline(time.deadlineAfter(timeout));
  }
}
