package dev.platform.core.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Sends the maximal number of attempts of a call to the server. */
final class AttemptHeaderInterceptor implements ClientInterceptor {

  private final int attempts;

  AttemptHeaderInterceptor(int attempts) {
    this.attempts = attempts;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        UpstreamRetry.put(headers, attempts);
        super.start(listener, headers);
      }
    };
  }
}
