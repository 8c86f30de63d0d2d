package dev.platform.core.deadline;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Gives every outgoing unary call a deadline, and streams one where they are configured. gRPC
 * itself takes the remaining time of the incoming call into account, which travels in its {@code
 * Context}.
 */
public final class DeadlineClientInterceptor implements ClientInterceptor {

  private final DeadlineSettings properties;

  public DeadlineClientInterceptor(DeadlineSettings properties) {
    this.properties = properties;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallOptions timed = withDeadline(method, options);
    return new DeadlineClientCall<>(next.newCall(method, timed), timed);
  }

  private CallOptions withDeadline(MethodDescriptor<?, ?> method, CallOptions options) {
    Duration max = properties.maxTimeout();
    Deadline own = options.getDeadline();
    if (own != null) {
      return max == null ? options : options.withDeadline(own.minimum(in(max)));
    }
    Duration timeout = properties.timeout(method);
    return timeout == null ? options : options.withDeadline(in(timeout));
  }

  private static Deadline in(Duration timeout) {
    return Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }
}
