package dev.platform.core.priority;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Sends the priority of the current work with its calls, in the header {@code platform-priority}.
 * Thread-safe, never blocks.
 */
public final class PriorityClientInterceptor implements ClientInterceptor {

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Priority priority = CallPriority.current();
    ClientCall<Q, A> call = next.newCall(method, options);
    if (priority == null) {
      return call;
    }
    return new SimpleForwardingClientCall<>(call) {

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        headers.discardAll(CallPriority.HEADER);
        headers.put(CallPriority.HEADER, priority.id());
        super.start(listener, headers);
      }
    };
  }
}
